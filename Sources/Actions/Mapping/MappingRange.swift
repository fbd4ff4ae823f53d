import Records

/// What a mapping can give, as far as that is known before there is an event: for checks of the
/// configuration.
struct MappingRange: Sendable, Hashable {
    /// Values that no event changes: literals, and what directives make of them.
    private(set) var constants: [FieldValue] = []
    /// It can give a list, or an object, that no event makes anything else.
    private(set) var givesList = false
    private(set) var givesObject = false
    /// It can give what an event says: anything, or a text of it.
    private(set) var isOpen = false

    /// Whether every event is given null, or nothing.
    var isAlwaysNull: Bool {
        !isOpen && !givesList && !givesObject && !constants.isEmpty
            && constants.allSatisfy(\.isNull)
    }

    /// What an event says.
    static let anything = MappingRange(isOpen: true)

    static func constant(_ value: FieldValue) -> MappingRange { MappingRange(constants: [value]) }

    private init(
        constants: [FieldValue] = [], givesList: Bool = false, givesObject: Bool = false,
        isOpen: Bool = false
    ) {
        self.constants = constants
        self.givesList = givesList
        self.givesObject = givesObject
        self.isOpen = isOpen
    }

    init(_ rule: MappingRule?) {
        self.init()
        guard let rule else { return }
        switch rule {
        case .constant(let value): constants = [value]
        case .template(let template) where template.paths.isEmpty:
            constants = [.text(template.text(from: FieldValue.null))]
        case .liquid(let template) where template.paths.isEmpty: self = Self.made(by: rule)
        case .condition(let condition):
            self = MappingRange(condition.then).union(MappingRange(condition.otherwise))
        case .either(let first, let otherwise):
            self = MappingRange(first).union(MappingRange(otherwise))
        case .letterCase(_, let inner): self = MappingRange(inner).changed(by: rule)
        case .replacement(_, let inner): self = MappingRange(inner).changed(by: rule)
        case .withoutNulls(let inner): self = MappingRange(inner).changed(by: rule)
        case .transform(_, let mapping): self = MappingRange(mapping)
        case .list(let items) where items.allSatisfy(\.isConstant): self = Self.made(by: rule)
        case .list: givesList = true
        case .object(let members) where members.values.allSatisfy(\.isConstant):
            self = Self.made(by: rule)
        case .object, .merge: givesObject = true
        case .path, .madePath, .template, .madeTemplate, .elements, .flattened, .encoded,
            .decoded, .liquid:
            isOpen = true
        }
    }

    func union(_ other: MappingRange) -> MappingRange {
        MappingRange(
            constants: constants + other.constants.filter { !constants.contains($0) },
            givesList: givesList || other.givesList,
            givesObject: givesObject || other.givesObject, isOpen: isOpen || other.isOpen)
    }

    /// What a rule gives that reads no event.
    private static func made(by rule: MappingRule) -> MappingRange {
        MappingRange(constants: [rule.value(from: FieldValue.null)].compactMap(\.self))
    }

    /// The constants as a directive changes them; what an event says stays that.
    private func changed(by rule: MappingRule) -> MappingRange {
        MappingRange(
            constants: constants.compactMap { rule.applied(to: $0) }, givesList: givesList,
            givesObject: givesObject, isOpen: isOpen)
    }
}

extension MappingRule {
    fileprivate var isConstant: Bool {
        if case .constant = self { return true }
        return false
    }

    /// The directive with a constant for its operand.
    fileprivate func applied(to value: FieldValue) -> FieldValue? {
        let changed: MappingRule =
            switch self {
            case .letterCase(let letterCase, _): .letterCase(letterCase, .constant(value))
            case .replacement(let replacement, _): .replacement(replacement, .constant(value))
            case .withoutNulls: .withoutNulls(.constant(value))
            default: .constant(value)
            }
        return changed.value(from: FieldValue.null)
    }
}

extension Mapping {
    /// What it can give, whatever the event.
    var range: MappingRange { MappingRange(rule) }
}
