import Events
import Records

/// Directives that say what is read: `@path`, `@template`, `@liquid`, `@arrayPath`, `@transform`.
extension MappingCompiler {
    mutating func path(_ node: ConfigurationNode) -> Mapping? {
        guard case .text(let text) = node.value else {
            return made(node, by: .path) { .madePath($0) }
        }
        return path(text, node)
    }

    mutating func path(_ text: String, _ node: ConfigurationNode) -> Mapping? {
        do throws(PathError) {
            let path = try PathText.parse(text)
            guard reaches([path], node, written: text) else { return nil }
            return Mapping(source: .text(text), rule: .path(path)).wrapped(in: .path)
        } catch {
            problems.add(node, "\"\(text)\" is not a path: \(error.message)")
            return nil
        }
    }

    mutating func template(_ node: ConfigurationNode) -> Mapping? {
        guard case .text(let text) = node.value else {
            return made(node, by: .template) { .madeTemplate($0) }
        }
        do throws(PathError) {
            let template = try TemplateText(text)
            guard reaches(template.paths, node) else { return nil }
            return Mapping(source: .text(text), rule: .template(template)).wrapped(in: .template)
        } catch {
            problems.add(node, "the template cannot be read: \(error.message)")
            return nil
        }
    }

    /// `@path` and `@template` whose text another directive makes from the event.
    private mutating func made(
        _ node: ConfigurationNode, by directive: Directive, _ rule: (MappingRule) -> MappingRule
    ) -> Mapping? { textual(node, of: directive)?.wrapped(in: directive, rule) }

    /// Whether every path may lead somewhere; notes the ones that cannot.
    mutating func reaches(
        _ paths: [JSONPath], _ node: ConfigurationNode, written: String? = nil
    ) -> Bool {
        let faults = paths.compactMap { path in
            roots.problem(with: path, written: written ?? path.description)
        }
        for fault in faults {
            problems.add(node, "the path leads nowhere: \(fault)")
        }
        return faults.isEmpty
    }

    mutating func liquid(_ node: ConfigurationNode) -> Mapping? {
        guard case .text(let text) = node.value else {
            problems.add(node, "@liquid takes a text, found \(node.kindName)")
            return nil
        }
        do throws(LiquidError) {
            let template = try LiquidTemplate(text)
            guard reaches(template.paths, node) else { return nil }
            return Mapping(source: .text(text), rule: .liquid(template)).wrapped(in: .liquid)
        } catch {
            problems.add(
                node,
                "the @liquid template cannot be read: \(error.message), line \(error.line), column "
                    + "\(error.column) of the template")
            return nil
        }
    }

    // MARK: Another thing to read

    /// `[list, shape]`: the shape is made of each element. Without a shape the list is given as it
    /// is.
    mutating func arrayPath(_ node: ConfigurationNode) -> Mapping? {
        guard case .list(let parts) = node.value, (1...2).contains(parts.count) else {
            problems.add(
                node,
                "@arrayPath takes a list of a path and, if each element is to be reshaped, a group "
                    + "of mappings; found \(node.kindName)")
            return nil
        }
        let list = arraySource(parts[0])
        let shape = parts.count == 2 ? elementShape(parts[1]) : nil
        guard let list, parts.count == 1 || shape != nil else { return nil }
        let sources = [list.source] + (shape.map { [$0.source] } ?? [])
        // As in the mapping kit, an empty shape is none.
        let isShaped = shape.map { $0.source != .object([:]) } ?? false
        let rule = isShaped ? shape.map { MappingRule.elements(list.rule, shape: $0.rule) } : nil
        return Mapping(source: .list(sources), rule: rule ?? list.rule).wrapped(in: .arrayPath)
    }

    /// A text here is a path, with or without `$.`.
    private mutating func arraySource(_ node: ConfigurationNode) -> Mapping? {
        if case .text(let text) = node.value { return path(text, node) }
        return textual(node, of: .arrayPath)
    }

    private mutating func elementShape(_ node: ConfigurationNode) -> Mapping? {
        guard node.members != nil else {
            problems.add(
                node, "the shape of an @arrayPath is a group of mappings, found \(node.kindName)")
            return nil
        }
        return reading(.anything) { $0.compile(node) }
    }

    mutating func transform(_ node: ConfigurationNode) -> Mapping? {
        guard let options = options(node, of: .transform, required: ["apply", "mapping"]),
            let applied = options["apply"], let mapped = options["mapping"]
        else { return nil }
        guard let members = applied.members else {
            problems.add(
                applied, "@transform takes a group of mappings to apply, found \(applied.kindName)")
            return nil
        }
        let apply = compile(applied)
        let inner: MappingRoots = applied.isDirective ? .anything : .members(members.map(\.name))
        let mapping = reading(inner) { $0.compile(mapped) }
        guard let apply, let mapping else { return nil }
        return .directive(
            .transform, ["apply": apply.source, "mapping": mapping.source],
            .transform(apply: apply.rule, mapping: mapping.rule))
    }

    private mutating func reading(
        _ inner: MappingRoots, _ compile: (inout MappingCompiler) -> Mapping?
    ) -> Mapping? {
        let outer = roots
        roots = inner
        defer { roots = outer }
        return compile(&self)
    }
}
