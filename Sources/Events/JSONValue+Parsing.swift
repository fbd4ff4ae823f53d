extension JSONValue {
    /// Reads one JSON value, as strictly as an event is read.
    ///
    /// - Parameter limits: by default those for JSON that Tidemark wrote itself.
    package static func parse(
        _ bytes: [UInt8], limits: EventLimits = .document
    ) throws(EventRejection) -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer throws(EventRejection) -> JSONValue in
            let raw = UnsafeRawBufferPointer(buffer)
            do throws(JSONFault) {
                var scanner = try JSONScanner.open(raw, limits: limits)
                try scanner.skipValue()
                try scanner.finish()
            } catch {
                throw error.rejection(in: raw, limits: limits)
            }
            let reader = JSONReader(bytes: raw)
            // A value has just been scanned, so there is one.
            return reader.root.map(reader.tree) ?? .null
        }
    }

    /// The value at the end of `path`; `nil` when a step leads nowhere.
    package subscript(path: JSONPath) -> JSONValue? {
        var value = self
        for step in path.steps {
            guard let inner = value.child(step) else { return nil }
            value = inner
        }
        return value
    }

    /// The member of this name, when this is an object that has it.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    private func child(_ step: JSONPath.Step) -> JSONValue? {
        switch (self, step) {
        case (.object, .member(let name)): self[name]
        case (.object, .index(let index)): self[String(index)]
        case (.array(let values), .index(let index)):
            values.indices.contains(index) ? values[index] : nil
        case (.array(let values), .member(let name)):
            Int(name).flatMap { values.indices.contains($0) ? values[$0] : nil }
        default: nil
        }
    }

    /// The text inside, when this is a string.
    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }
}
