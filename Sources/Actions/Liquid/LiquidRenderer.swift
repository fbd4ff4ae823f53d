import Events
import Records

/// A template asked for more work than ``LiquidTemplate/workBytesMax``.
struct LiquidExhausted: Error {}

/// One run of a template over one event.
struct LiquidRenderer<Input: MappingInput> {
    let input: Input
    /// What `assign` and `capture` gave values to.
    private var variables: [String: FieldValue] = [:]
    /// What `increment` and `decrement` count; apart from the variables, as in Liquid.
    private var counters: [String: Int] = [:]
    private var work = LiquidWork()

    init(input: Input) { self.input = input }

    mutating func render(_ nodes: [LiquidNode]) throws(LiquidExhausted) -> String {
        var text = ""
        for node in nodes { try render(node, into: &text) }
        return text
    }

    private mutating func render(
        _ node: LiquidNode, into text: inout String
    ) throws(LiquidExhausted) {
        switch node {
        case .text(let literal): text += literal
        case .output(let expression): text += try value(expression).liquidText
        case .assign(let name, let expression): variables[name] = try value(expression)
        case .capture(let name, let nodes):
            let captured = try render(nodes)
            try work.spend(captured.utf8.count)
            variables[name] = .text(captured)
        case .count(let name, let step):
            // As in Liquid, `decrement` counts first and `increment` shows first.
            let count = counters[name, default: 0]
            counters[name] = count + step
            text += String(step < 0 ? count + step : count)
        case .choice(let branches):
            for branch in branches where try holds(branch.condition) {
                for node in branch.nodes { try render(node, into: &text) }
                return
            }
        }
    }

    // MARK: Conditions

    private mutating func holds(_ condition: LiquidCondition?) throws(LiquidExhausted) -> Bool {
        switch condition {
        case nil: return true
        case .truth(let expression): return try value(expression).isLiquidTrue
        case .not(let inner): return try !holds(inner)
        case .and(let left, let right):
            guard try holds(left) else { return false }
            return try holds(right)
        case .or(let left, let right):
            if try holds(left) { return true }
            return try holds(right)
        case .comparison(let left, let relation, let right):
            if let vacancy = right.vacancy {
                return Self.isVacant(try value(left), vacancy, relation)
            }
            if let vacancy = left.vacancy {
                return Self.isVacant(try value(right), vacancy, relation)
            }
            return relation.holds(try value(left), try value(right))
        }
    }

    private static func isVacant(
        _ value: FieldValue, _ vacancy: LiquidVacancy, _ relation: LiquidRelation
    ) -> Bool {
        switch relation {
        case .equal: value.isVacant(vacancy)
        case .unequal, .different: !value.isVacant(vacancy)
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .contains: false
        }
    }

    // MARK: Values

    /// What is missing is null.
    private mutating func value(
        _ expression: LiquidExpression
    ) throws(LiquidExhausted) -> FieldValue {
        var value = value(expression.operand)
        if expression.calls.isEmpty {
            try work.spend(value.workBytes(upTo: LiquidTemplate.workBytesMax))
        }
        for call in expression.calls {
            let arguments = call.arguments.map { self.value($0) }
            value = try call.applied(to: value, arguments, &work)
        }
        return value
    }

    private func value(_ operand: LiquidOperand) -> FieldValue {
        switch operand {
        case .literal(let value): value
        case .vacant: .null
        case .variable(let name, let steps): variable(name, steps)
        }
    }

    private func variable(_ name: String, _ steps: [LiquidStep]) -> FieldValue {
        let known = steps.compactMap { step in
            if case .known(let step) = step { step } else { nil }
        }
        let isOwn = variables[name] != nil || counters[name] != nil
        if !isOwn, known.count == steps.count,
            let value = input.mapped(at: JSONPath(steps: [.member(name)] + known))
        {
            return value
        }
        let root =
            variables[name] ?? counters[name].map { .number(DecimalNumber($0)) }
            ?? input.mapped(at: JSONPath([name]))
        return steps.reduce(root) { part($1, of: $0) } ?? .null
    }

    private func part(_ step: LiquidStep, of value: FieldValue?) -> FieldValue? {
        guard let value else { return nil }
        switch step {
        case .known(let step):
            if let part = value.mapped(at: JSONPath(steps: [step])) { return part }
            guard case .member(let name) = step else { return nil }
            return value.liquidProperty(name)
        case .made(let operand):
            switch self.value(operand) {
            case .text(let name): return value.mapped(at: JSONPath([name]))
            case .number(let number):
                guard let index = number.integer, index >= 0 else { return nil }
                return value.mapped(at: JSONPath(steps: [.index(index)]))
            default: return nil
            }
        }
    }
}

/// What a run has read and made so far.
struct LiquidWork {
    private var bytesLeft = LiquidTemplate.workBytesMax

    mutating func spend(_ bytes: Int) throws(LiquidExhausted) {
        guard bytes <= bytesLeft else { throw LiquidExhausted() }
        bytesLeft -= bytes
    }
}

extension LiquidExpression {
    /// `blank` or `empty`, when that is all.
    fileprivate var vacancy: LiquidVacancy? {
        if calls.isEmpty, case .vacant(let vacancy) = operand { return vacancy }
        return nil
    }
}

extension LiquidRelation {
    /// Types are kept apart: 5 is not `"5"`, and neither is smaller.
    fileprivate func holds(_ left: FieldValue, _ right: FieldValue) -> Bool {
        switch self {
        case .equal: return left == right
        case .unequal, .different: return left != right
        case .contains: return left.liquidContains(right)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: break
        }
        switch (left, right) {
        case (.number(let left), .number(let right)): return order(left, right)
        case (.text(let left), .text(let right)): return order(left, right)
        default: return false
        }
    }

    private func order<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .equal, .unequal, .different, .contains: false
        }
    }
}
