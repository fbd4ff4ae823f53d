/// Reads faults from the JSON of `POST /__emulator__/faults`.
///
/// `{"on":"create","afterCalls":0,"times":1,"effect":"cutAfter"}`; `"times":"forever"` for all.
/// Effects with arguments take them as members of the same object; see the README.
enum FaultDocument {
    static func read(_ json: JSON) throws(Refusal) -> Fault {
        let name = json["on"]?.string ?? "any"
        let kind = CallKind(rawValue: name)
        guard kind != nil || name == "any" else {
            throw bad("\"on\" is \(name); use any or one of \(kinds)")
        }
        var times: Int? = 1
        if json["times"] == "forever" {
            times = nil
        } else if let given = json["times"] {
            guard let count = given.int, count > 0 else { throw bad("\"times\" is no count") }
            times = count
        }
        let effect = try effect(json)
        guard effect.fits(kind) else {
            throw bad("\(json["effect"]?.string ?? "") cannot strike \(name)")
        }
        return Fault(on: kind, afterCalls: json["afterCalls"]?.int ?? 0, times: times, effect)
    }

    private static var kinds: String {
        CallKind.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func bad(_ message: String) -> Refusal {
        Refusal("INVALID_FAULT", "Fault not understood: \(message).")
    }

    private static func effect(_ json: JSON) throws(Refusal) -> FaultEffect {
        let milliseconds = json["milliseconds"]?.int
        switch json["effect"]?.string {
        case "status": return try status(json)
        case "html": return .maintenancePage
        case "empty500": return .emptyInternalError
        case "cutBefore": return .cutBefore
        case "cutAfter": return .cutAfter
        case "truncate": return .truncate
        case "late": return .late(milliseconds: milliseconds)
        case "delay":
            guard let milliseconds else { throw bad("delay needs \"milliseconds\"") }
            return .delay(milliseconds: milliseconds)
        case "unauthorized": return .unauthorized
        case "limitExceeded":
            return json["limit"] == "ConcurrentPerOrgLongTxn" ? .concurrencyLimit : .dailyLimit
        case "lockRow": return .lockRow(items: json["items"]?.array?.compactMap(\.int))
        case "itemError": return .itemErrors(try itemErrors(json))
        case "failJob":
            return .failJob(
                afterRows: json["afterRows"]?.int ?? 0,
                message: json["message"]?.string ?? "InternalServerError : Unknown error")
        case let other: throw bad("no effect is called \(other ?? "null")")
        }
    }

    private static func status(_ json: JSON) throws(Refusal) -> FaultEffect {
        guard let status = json["status"]?.int, (200...599).contains(status) else {
            throw bad("status needs \"status\" from 200 to 599")
        }
        if let body = json["body"]?.string {
            let type = json["contentType"]?.string ?? "application/json;charset=UTF-8"
            return .raw(status, body: body, contentType: type)
        }
        return .status(
            status, code: json["errorCode"]?.string ?? "UNKNOWN_EXCEPTION",
            message: json["message"]?.string ?? "An unexpected error occurred.")
    }

    private static func itemErrors(_ json: JSON) throws(Refusal) -> [ItemError] {
        let list = json["items"]?.array ?? [json]
        var errors: [ItemError] = []
        for item in list {
            guard let code = item["code"]?.string else { throw bad("itemError needs \"code\"") }
            errors.append(
                ItemError(
                    index: item["index"]?.int ?? 0, code: code,
                    message: item["message"]?.string ?? code))
        }
        return errors
    }
}
