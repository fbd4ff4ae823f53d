import Records

/// What is needed of each object, and which parents cannot be told.
struct ObjectNeeds {
    /// A reference whose object neither describe nor Salesforce's own names tell.
    struct Untold: Hashable {
        /// Index of the action.
        let action: Int
        /// The key of the action under which ``name`` stands: `fields` or `matchers`.
        let part: String
        /// The field or path, as written.
        let name: String
        /// The reference field that leads to the object.
        let reference: String
    }

    private(set) var untold: [Untold] = []
    /// By lower-cased name: actions may write a name in any case.
    private var byName: [String: ObjectNeed] = [:]

    /// - Parameter describe: what is known of an object, by its name in any case.
    init(_ actions: [Action], describe: (String) -> ObjectDescription?) {
        for (index, action) in actions.enumerated() where action.isEnabled {
            add(action)
            for field in action.fields { add(field, of: action, index, describe) }
            for matcher in action.matchers { add(matcher, of: action, index, describe) }
        }
    }

    /// Sorted by object.
    var all: [ObjectNeed] { byName.values.sorted { $0.object < $1.object } }

    private mutating func add(_ action: Action) {
        change(action.object) { need in
            need.creates = need.creates || [.create, .upsert].contains(action.operation)
            need.edits = need.edits || [.update, .upsert].contains(action.operation)
            need.deletes = need.deletes || action.operation == .delete
            need.matches = need.matches || action.operation != .create
        }
    }

    private mutating func add(
        _ matcher: ActionMatcher, of action: Action, _ index: Int,
        _ describe: (String) -> ObjectDescription?
    ) {
        guard !RelationshipPath.isPath(matcher.field) else {
            return addPath(matcher.field, of: action, index, describe)
        }
        if [.create, .upsert].contains(action.operation) {
            // A record that is made holds the values that it will be found by.
            write(matcher.field, of: action.object)
        } else {
            read(matcher.field, of: action.object)
        }
    }

    /// Every reference on the way is read, and every parent: one that is not seen reads as none,
    /// and the record is not found by it.
    private mutating func addPath(
        _ path: String, of action: Action, _ index: Int,
        _ describe: (String) -> ObjectDescription?
    ) {
        let names = path.split(separator: ".").map(String.init)
        var object = action.object
        for name in names.dropLast() {
            let reference = describe(object)?.reference(named: name)?.name ?? Self.field(of: name)
            guard let target = Self.target(of: reference, on: object, describe) else {
                untold.append(
                    Untold(
                        action: index, part: "matchers", name: path,
                        reference: "\(object).\(reference)"))
                return
            }
            read(reference, of: object)
            change(target) { $0.matches = true }
            object = target
        }
        if let last = names.last { read(last, of: object) }
    }

    private mutating func add(
        _ field: ActionField, of action: Action, _ index: Int,
        _ describe: (String) -> ObjectDescription?
    ) {
        write(field.field, of: action.object)
        guard let lookup = field.lookup else { return }
        guard
            let parent = lookup.object ?? Self.target(of: field.field, on: action.object, describe)
        else {
            untold.append(
                Untold(
                    action: index, part: "fields", name: field.field,
                    reference: "\(action.object).\(field.field)"))
            return
        }
        // A parent that is not seen is waited for in vain.
        change(parent) { $0.matches = true }
        read(lookup.field, of: parent)
    }

    private mutating func change(_ object: String, _ change: (inout ObjectNeed) -> Void) {
        change(&byName[object.lowercased(), default: ObjectNeed(object: object)])
    }

    private mutating func write(_ field: String, of object: String) {
        change(object) { need in
            need.editFields.insert(field)
            need.readFields.remove(field)
        }
    }

    private mutating func read(_ field: String, of object: String) {
        change(object) { need in
            if !need.editFields.contains(field) { need.readFields.insert(field) }
        }
    }

    // MARK: Parents

    /// The reference field of a relationship: those of custom fields end in `__r` where the field
    /// ends in `__c`, standard ones lack the field's `Id` (SOQL and SOSL Reference, "Understanding
    /// Relationship Names").
    private static func field(of relationship: String) -> String {
        relationship.hasSuffix("__r") ? relationship.dropLast(3) + "__c" : relationship + "Id"
    }

    /// The one object that a reference field points to: as describe says, or, without, where every
    /// org has it so. The name of a custom field says nothing: `Site__c` may point to an Account.
    private static func target(
        of field: String, on object: String, _ describe: (String) -> ObjectDescription?
    ) -> String? {
        if let known = describe(object)?.field(field) {
            return known.referenceTo.count == 1 ? known.referenceTo.first : nil
        }
        let (field, object) = (field.lowercased(), object.lowercased())
        return ofObject["\(object).\(field)"] ?? everywhere[field]
    }

    /// Standard fields that point to the same object wherever they are (Object Reference).
    private static let everywhere = [
        "accountid": "Account", "contactid": "Contact", "leadid": "Lead",
        "campaignid": "Campaign", "opportunityid": "Opportunity", "caseid": "Case",
        "contractid": "Contract", "assetid": "Asset", "orderid": "Order",
        "product2id": "Product2", "pricebook2id": "Pricebook2", "recordtypeid": "RecordType",
    ]
    /// The same of one object's fields (Object Reference, the pages of these objects).
    private static let ofObject = [
        "account.parentid": "Account", "asset.parentid": "Asset",
        "campaign.parentid": "Campaign", "case.parentid": "Case",
        "contact.reportstoid": "Contact", "account.ownerid": "User", "contact.ownerid": "User",
        "opportunity.ownerid": "User",
    ]
}
