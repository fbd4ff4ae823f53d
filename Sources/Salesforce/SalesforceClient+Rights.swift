import Records

// What the user may do, as the org's own records say it.

extension SalesforceClient {
    /// The rights of the user of the token. About three API requests.
    ///
    /// What this user may not look at is `nil` in the answer: reading permission sets needs View
    /// Setup and Configuration in some orgs. Sources: Object Reference, "PermissionSetAssignment",
    /// "ObjectPermissions", "UserPermissionAccess".
    package func rights() async throws(SalesforceError) -> UserRights {
        UserRights(objects: try await objectRights(), system: try await systemRights())
    }

    /// Permission sets of one user whose rights are read with one query; there may be 1,000 at most
    /// (Salesforce Limits, "Permission Sets").
    private static let setsPerQuery = 200

    private func objectRights() async throws(SalesforceError)
        -> [String: UserRights.ObjectRights]?
    {
        let user = try await userID()
        guard
            let assignments = try await rows(
                of: "PermissionSetAssignment", ["PermissionSetId"],
                where: .equals(field: "AssigneeId", .id(user)))
        else { return nil }
        let sets = Set(assignments.compactMap { $0.fields["PermissionSetId"]?.text })
            .compactMap { RecordID(answered: $0) }
            .sorted { $0.description < $1.description }
        var rights: [String: UserRights.ObjectRights] = [:]
        for start in stride(from: 0, to: sets.count, by: Self.setsPerQuery) {
            let some = sets[start..<min(start + Self.setsPerQuery, sets.count)]
            guard
                let rows = try await rows(
                    of: "ObjectPermissions", ["SobjectType"] + Self.objectRightFields,
                    where: .in(field: "ParentId", some.map { .id($0) }))
            else { return nil }
            for row in rows {
                guard let object = row.fields["SobjectType"]?.text else { continue }
                rights[object, default: .init()].add(UserRights.ObjectRights(row))
            }
        }
        return rights
    }

    /// One row, about the user who asks: no permission is needed to read it (Object Reference,
    /// "UserPermissionAccess": a field for each permission, for users without View Setup too).
    private func systemRights() async throws(SalesforceError) -> Set<String>? {
        let names = Self.systemRightLabels.map(\.field)
        guard let row = try await rows(of: "UserPermissionAccess", names, where: nil)?.first
        else { return nil }
        return Set(
            Self.systemRightLabels.filter { row.fields[$0.field] == .boolean(true) }.map(\.label))
    }

    /// Rights of the system that an integration has no use for, by their fields.
    private static let systemRightLabels: [(field: String, label: String)] = [
        ("PermissionsViewAllData", "View All Data"),
        ("PermissionsModifyAllData", "Modify All Data"),
        ("PermissionsManageUsers", "Manage Users"),
        ("PermissionsCustomizeApplication", "Customize Application"),
        ("PermissionsAuthorApex", "Author Apex"),
    ]

    fileprivate static let objectRightFields = [
        "PermissionsRead", "PermissionsCreate", "PermissionsEdit", "PermissionsDelete",
        "PermissionsViewAllRecords", "PermissionsModifyAllRecords",
    ]

    /// - Returns: `nil` when the user may not read the object: the API then knows no such object.
    private func rows(
        of object: String, _ fields: [String], where condition: Condition?
    ) async throws(SalesforceError) -> [Record]? {
        do throws(SalesforceError) {
            return try await query(Query(object: object, fields: fields, where: condition))
        } catch {
            guard case .refused(_, let status, _, _) = error, (400..<500).contains(status),
                error.disposition == .stopObject
            else { throw error }
            return nil
        }
    }
}

extension UserRights.ObjectRights {
    fileprivate init(_ row: Record) {
        func has(_ field: String) -> Bool { row.fields[field] == .boolean(true) }
        self.init()
        isReadable = has("PermissionsRead")
        isCreateable = has("PermissionsCreate")
        isEditable = has("PermissionsEdit")
        isDeletable = has("PermissionsDelete")
        seesAllRecords = has("PermissionsViewAllRecords")
        changesAllRecords = has("PermissionsModifyAllRecords")
    }
}
