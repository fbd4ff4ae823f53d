import Records

/// The least that an integration user must be given, as Salesforce's own metadata: generated from
/// the configuration, to be deployed by an admin.
///
/// Source: Metadata API Developer Guide, "PermissionSet".
package struct PermissionSet: Sendable {
    private let needs: [ObjectNeed]
    private let name: String

    /// - Parameters:
    ///   - yaml: the configuration's text, for lines and columns.
    ///   - describe: what is known of an object, by its name in any case.
    /// - Throws: ``ConfigurationError`` naming each reference of which neither a description nor
    ///   its name tells which object it points to: a permission set for another object would be of
    ///   no use.
    package init(
        _ configuration: Configuration, yaml: String,
        describe: (String) -> ObjectDescription? = { _ in nil }
    ) throws(ConfigurationError) {
        let needs = ObjectNeeds(configuration.actions, describe: describe)
        let places = ConfigurationPlaces(yaml: yaml)
        var problems = ProblemList()
        for untold in needs.untold {
            let remedy =
                untold.part == "fields" ? "name it with lookup.object, or run" : "run"
            problems.add(
                places.place(action: untold.action, part: untold.part, name: untold.name),
                "which object \(untold.reference) points to cannot be told from its name; "
                    + "\(remedy) `tidemark check` first, which asks Salesforce and keeps "
                    + "the answer")
        }
        guard problems.isEmpty else {
            throw ConfigurationError(problems: problems.problems(in: configuration.file))
        }
        self.needs = needs.all
        name = configuration.salesforce.name
    }

    /// The file `Tidemark.permissionset-meta.xml`.
    package var xml: String {
        let parts =
            [
                Self.element("description", "What Tidemark needs for \(name), and nothing else."),
                fields, Self.element("hasActivationRequired", "false"),
                Self.element("label", "Tidemark"),
            ] + needs.map(object) + [Self.user("ApiEnabled")]
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">
            \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
            </PermissionSet>
            """
    }

    private var fields: String {
        needs.flatMap { need in
            let fields =
                need.editFields.map { ($0, true) } + need.readFields.map { ($0, false) }
            return fields.filter { Self.isPermissionable($0.0, of: need.object) }
                .sorted { $0.0 < $1.0 }
                .map { field, isEditable in
                    Self.group(
                        "fieldPermissions",
                        [
                            ("editable", "\(isEditable)"), ("field", "\(need.object).\(field)"),
                            ("readable", "true"),
                        ])
                }
        }.joined(separator: "\n")
    }

    /// Delete needs Edit, and all need Read (Object Reference, "ObjectPermissions").
    private func object(_ need: ObjectNeed) -> String {
        Self.group(
            "objectPermissions",
            [
                ("allowCreate", "\(need.creates)"), ("allowDelete", "\(need.deletes)"),
                ("allowEdit", "\(need.edits || need.deletes)"), ("allowRead", "true"),
                ("modifyAllRecords", "false"), ("object", need.object),
                ("viewAllRecords", "\(need.matches)"),
            ])
    }

    private static func user(_ right: String) -> String {
        group("userPermissions", [("enabled", "true"), ("name", right)])
    }

    /// Whether field-level security can be set at all. A permission set that names another field is
    /// refused as a whole ("You cannot deploy to a required field"). Custom fields can, unless the
    /// org made them required; of the standard ones those that describe calls `permissionable`
    /// false cannot, as recorded describes of several orgs list them.
    static func isPermissionable(_ field: String, of object: String) -> Bool {
        let field = field.lowercased()
        return !always.contains(field) && !(ofObject[object.lowercased()] ?? []).contains(field)
    }

    private static let always: Set<String> = [
        "id", "name", "ownerid", "recordtypeid", "isdeleted", "createddate", "createdbyid",
        "lastmodifieddate", "lastmodifiedbyid", "systemmodstamp", "lastactivitydate",
    ]
    private static let personName: Set<String> = ["lastname", "firstname", "salutation"]
    private static let people: Set<String> = [
        "emailbouncedreason", "emailbounceddate", "individualid",
    ]
    private static let ofObject: [String: Set<String>] = [
        "account": personName, "contact": personName.union(people),
        "lead": personName.union(people)
            .union(["company", "status", "isconverted", "isunreadbyowner"]),
        "opportunity": [
            "stagename", "closedate", "isclosed", "iswon", "forecastcategoryname", "pricebook2id",
            "contactid",
        ],
        "case": ["status", "comments", "casenumber"],
        "task": ["status", "priority", "subject"],
        "event": [
            "subject", "activitydatetime", "activitydate", "durationinminutes", "startdatetime",
            "enddatetime", "isprivate", "showas", "accountid",
        ],
        "opportunitycontactrole": ["opportunityid", "contactid", "role", "isprimary"],
        "campaignmember": ["campaignid", "leadid", "contactid", "status"],
    ]

    private static func group(_ name: String, _ members: [(String, String)]) -> String {
        let lines = members.map { "    " + element($0, $1) }
        return (["    <\(name)>"] + lines + ["    </\(name)>"]).joined(separator: "\n")
    }

    private static func element(_ name: String, _ text: String) -> String {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return "    <\(name)>\(escaped)</\(name)>"
    }
}
