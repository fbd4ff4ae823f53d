/// The objects in which an org keeps who may do what: read like any other object.
///
/// Sources: Object Reference, "PermissionSet", "PermissionSetAssignment", "ObjectPermissions" and
/// "UserPermissionAccess". A profile is a permission set too, owned by it.
extension ObjectSchema {
    static let permissionSet = ObjectSchema(
        name: "PermissionSet", label: "Permission Set", labelPlural: "Permission Sets",
        keyPrefix: "0PS",
        fields: head("Permission Set") + [
            .text("Name", "Name", 80).required().named(),
            .text("Label", "Label", 80).required(),
            .checkbox("IsOwnedByProfile", "Owned By Profile").readOnly(),
        ])

    static let permissionSetAssignment = ObjectSchema(
        name: "PermissionSetAssignment", label: "Permission Set Assignment",
        labelPlural: "Permission Set Assignments", keyPrefix: "0Pa",
        fields: head("Assignment") + [
            .lookup(
                "PermissionSetId", "Permission Set ID", ["PermissionSet"], as: "PermissionSet"
            ).required(),
            .lookup("AssigneeId", "Assignee ID", ["User"], as: "Assignee").required(),
        ])

    static let objectPermissions = ObjectSchema(
        name: "ObjectPermissions", label: "Object Permissions", labelPlural: "Object Permissions",
        keyPrefix: "110",
        fields: head("Object Permission") + [
            .lookup("ParentId", "Parent ID", ["PermissionSet"], as: "Parent").required(),
            .text("SobjectType", "SObject Type Name", 40).required(),
        ] + objectRights.map { FieldSchema.checkbox($0, $0) })

    static let objectRights = [
        "PermissionsRead", "PermissionsCreate", "PermissionsEdit", "PermissionsDelete",
        "PermissionsViewAllRecords", "PermissionsModifyAllRecords",
    ]

    static let userPermissionAccess = ObjectSchema(
        name: "UserPermissionAccess", label: "User Permission Access",
        labelPlural: "User Permission Access", keyPrefix: "0UA",
        fields: [
            .id("User Permission Access ID"),
            .dateTime("LastCacheUpdate", "Last Cache Update").readOnly(),
        ]
            + userRights.map { FieldSchema.checkbox($0, $0).readOnly() })

    static let userRights = [
        "PermissionsApiEnabled", "PermissionsViewAllData", "PermissionsModifyAllData",
        "PermissionsManageUsers", "PermissionsCustomizeApplication", "PermissionsAuthorApex",
    ]
}

extension OrgState {
    /// One permission set gives the user of the API calls what integrations usually have: all
    /// rights on the objects but Modify All, and nothing on the system but the API.
    mutating func seedPermissions() {
        let set = insert(
            .permissionSet,
            [
                "Name": .text("Integration"), "Label": .text("Integration"),
                "IsOwnedByProfile": .bool(false),
            ])
        _ = insert(
            .permissionSetAssignment, ["PermissionSetId": .text(set), "AssigneeId": .text(userID)])
        for object in schema.objects where !object.isOfTheSystem {
            var values: FieldValues = [
                "ParentId": .text(set), "SobjectType": .text(object.name),
            ]
            for right in ObjectSchema.objectRights {
                values[right] = .bool(right != "PermissionsModifyAllRecords")
            }
            _ = insert(.objectPermissions, values)
        }
        var rights = FieldValues()
        for right in ObjectSchema.userRights {
            rights[right] = .bool(right == "PermissionsApiEnabled")
        }
        _ = insert(.userPermissionAccess, rights)
        store.forgetChanges()
    }

    private mutating func insert(
        _ object: ObjectSchema, _ values: FieldValues
    ) -> String {
        let id = store.nextID(object).id
        store.insert(
            StoredRecord(
                id: id, values: values, createdAt: schemaChangedAt, modifiedAt: schemaChangedAt),
            into: object)
        return id
    }
}

extension ObjectSchema {
    /// Whether it holds the org's own administration.
    var isOfTheSystem: Bool {
        [
            "User", "PermissionSet", "PermissionSetAssignment", "ObjectPermissions",
            "UserPermissionAccess",
        ].contains(name)
    }
}
