/// What a person or an administrator can do over `/__emulator__/`, beyond editing records.
extension ControlRoutes {
    /// `POST records/{Object}/{id}/{merge|convert|undelete|purge|visibility}`.
    func deed(
        _ name: String, _ object: String, _ id: String, _ request: APIRequest
    ) throws(ControlError) -> APIResponse {
        guard request.method == "POST" else { throw .refused(.notFound) }
        let json: JSON
        do { json = request.body.isEmpty ? [:] : try body(request) } catch {
            throw .refused(error)
        }
        do {
            switch name {
            case "merge":
                let losers = json["losers"]?.array?.compactMap(\.string) ?? []
                try org.merge(object, winner: id, losers: losers, fields: json["fields"] ?? [:])
            case "convert": return APIResponse(200, .json(try convert(id, json)))
            case "undelete": try org.undelete(object, id: id)
            case "purge": try org.purge(object, id: id)
            case "visibility": org.setHidden(json["hidden"]?.bool ?? false, record: id)
            default: throw ControlError.refused(.notFound)
            }
            return APIResponse(204)
        } catch let error as ControlError {
            throw error
        } catch let error as EmulatorError {
            throw .emulator(error)
        } catch { throw .refused(.notFound) }
    }

    private func convert(_ lead: String, _ json: JSON) throws(EmulatorError) -> JSON {
        let made = try org.convert(
            lead: lead, account: json["account"]?.string, contact: json["contact"]?.string,
            opportunity: json["opportunity"]?.string)
        return [
            "account": .string(made.account), "contact": .string(made.contact),
            "opportunity": .optional(made.opportunity),
        ]
    }

    /// `fields/{Object}/{Field}`, `duplicateRules`, `assignmentOwners`.
    func settings(_ request: APIRequest) throws(Refusal) -> APIResponse {
        let path = Array(request.path.dropFirst())
        switch (request.method, path.first, path.count) {
        case ("POST", "fields", 3): try setRights(path[1], path[2], try body(request))
        case ("PUT", "fields", 3):
            org.add(try FieldDocument.read(path[2], try body(request)), to: path[1])
        case ("DELETE", "fields", 3): org.remove(field: path[2], of: path[1])
        case ("POST", "duplicateRules", 1): org.add(try rule(try body(request)))
        case ("DELETE", "duplicateRules", 1): org.removeDuplicateRules()
        case ("POST", "assignmentOwners", 1):
            let json = try body(request)
            org.setAssignmentOwner(json["owner"]?.string, of: json["object"]?.string ?? "")
        default: throw .notFound
        }
        return APIResponse(204)
    }

    /// `{"hidden":true}` or `{"readOnly":true}`: field-level security.
    private func setRights(_ object: String, _ field: String, _ json: JSON) throws(Refusal) {
        guard org.withState({ $0.schema.object(object)?.field(field) }) != nil else {
            throw .noSuchColumn(field, object: object)
        }
        if let hidden = json["hidden"]?.bool { org.setHidden(hidden, field: field, of: object) }
        if let locked = json["readOnly"]?.bool {
            org.setReadOnly(locked, field: field, of: object)
        }
    }

    private func rule(_ json: JSON) throws(Refusal) -> DuplicateRule {
        guard let name = json["name"]?.string, let object = json["object"]?.string,
            let fields = json["fields"]?.array?.compactMap(\.string), !fields.isEmpty
        else { throw Refusal("INVALID_INPUT", "A rule needs name, object and fields.") }
        return DuplicateRule(
            name: name, object: object,
            matchingRule: json["matchingRule"]?.string ?? "\(object)_MR", fields: fields,
            action: json["action"] == "block" ? .block : .alert)
    }
}

/// Reads a new field from `PUT /__emulator__/fields/{Object}/{Field}`.
enum FieldDocument {
    static func read(_ name: String, _ json: JSON) throws(Refusal) -> FieldSchema {
        let label = json["label"]?.string ?? name
        var field = try plain(name, label, json)
        if json["unique"]?.bool == true || json["externalId"]?.bool == true {
            field = field.externalID()
        }
        if json["required"]?.bool == true { field = field.required() }
        if json["restricted"]?.bool == true { field = field.restricted() }
        if json["readOnly"]?.bool == true { field = field.readOnly() }
        return field
    }

    private static func plain(
        _ name: String, _ label: String, _ json: JSON
    ) throws(Refusal) -> FieldSchema {
        let values = json["values"]?.array?.compactMap(\.string) ?? []
        let length = json["length"]?.int
        let (precision, scale) = (json["precision"]?.int ?? 18, json["scale"]?.int ?? 0)
        switch json["type"]?.string {
        case "string": return .text(name, label, length ?? 255)
        case "textarea": return .area(name, label, length ?? 255)
        case "email": return .email(name, label)
        case "phone": return .phone(name, label)
        case "url": return .url(name, label)
        case "boolean": return .checkbox(name, label)
        case "int": return .int(name, label)
        case "double": return .number(name, label, .double, precision, scale)
        case "currency": return .number(name, label, .currency, precision, scale)
        case "percent": return .number(name, label, .percent, precision, scale)
        case "date": return .date(name, label)
        case "datetime": return .dateTime(name, label)
        case "picklist": return .picklist(name, label, values)
        case "multipicklist": return .multipicklist(name, label, values)
        case "reference":
            let targets = json["referenceTo"]?.array?.compactMap(\.string) ?? []
            let relationship =
                name.hasSuffix("__c") ? String(name.dropLast(1)) + "r" : String(name.dropLast(2))
            return .lookup(name, label, targets, as: relationship)
        case let other:
            throw Refusal("INVALID_INPUT", "A field cannot be of type \(other ?? "null").")
        }
    }
}
