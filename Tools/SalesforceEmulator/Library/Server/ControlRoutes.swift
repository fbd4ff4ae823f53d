/// `/__emulator__/…`: what tests and benchmarks in other processes use instead of `Org`. No token
/// is asked for, no call is counted and no fault strikes here.
struct ControlRoutes: Sendable {
    let org: Org

    /// Answers a control call; nil when the path is none.
    func answer(_ request: APIRequest) -> APIResponse? {
        guard request.path.first == "__emulator__" else { return nil }
        do {
            let path = request.path.dropFirst().joined(separator: "/")
            switch (request.method, path) {
            case ("GET", "stats"): return APIResponse(200, .json(stats))
            case ("GET", "truth"):
                return APIResponse(200, .json(.array(org.truth.map(\.json))))
            case ("GET", "edits"):
                return APIResponse(200, .json(.array(org.edits.map(\.json))))
            case ("POST", "reset"): org.reset()
            case ("POST", "faults"): try inject(request)
            case ("DELETE", "faults"): org.clearFaults()
            case ("POST", "late/release"):
                return APIResponse(200, .json(["released": .int(org.releaseLateCalls())]))
            case ("POST", "sessions/expire"): org.expireSessions()
            case ("POST", "cursors/expire"): org.expireCursors()
            case ("POST", "limits"): try setLimits(request)
            case ("POST", "bulk"): try setBulk(request)
            case ("POST", "bulk/release"): org.releaseBulkJobs()
            default: return try records(request)
            }
            return APIResponse(204)
        } catch { return APIResponse(error) }
    }

    private var stats: JSON {
        let (limit, peak) = org.withState { ($0.allowance, $0.concurrency.peak) }
        return org.statistics.json
            .adding("limit", ["max": .int(limit.max), "used": .int(limit.used)])
            .adding("concurrentCallsPeak", .int(peak))
    }

    func body(_ request: APIRequest) throws(Refusal) -> JSON {
        do { return try JSON.parse(request.body) } catch {
            throw Refusal("JSON_PARSER_ERROR", "\(error.reason) at byte \(error.byteIndex)")
        }
    }

    /// One fault, or an array of them.
    private func inject(_ request: APIRequest) throws(Refusal) {
        let json = try body(request)
        for fault in json.array ?? [json] { org.inject(try FaultDocument.read(fault)) }
    }

    private func setLimits(_ request: APIRequest) throws(Refusal) {
        let json = try body(request)
        org.setLimits(max: json["max"]?.int, used: json["used"]?.int)
        if let concurrent = json["concurrent"] { org.setConcurrentCallMax(concurrent.int) }
    }

    /// `{"delayMilliseconds":N,"holdBeforeRow":N}`; a member left out stays as it is.
    private func setBulk(_ request: APIRequest) throws(Refusal) {
        let json = try body(request)
        if let delay = json["delayMilliseconds"]?.int { org.setBulkDelay(milliseconds: delay) }
        if let row = json["holdBeforeRow"]?.int { org.holdBulkJobs(beforeRow: row) }
    }

    /// `records/{Object}[/{id}]`.
    private func records(_ request: APIRequest) throws(Refusal) -> APIResponse {
        let path = request.path
        guard path.count >= 3, path.count <= 5, path[1] == "records" else {
            return try settings(request)
        }
        do {
            switch path.count {
            case 3: return try collection(path[2], request)
            case 4: return try single(path[2], path[3], request)
            default: return try deed(path[4], path[2], path[3], request)
            }
        } catch { throw Self.refusal(error) }
    }

    private func collection(
        _ object: String, _ request: APIRequest
    ) throws(ControlError) -> APIResponse {
        if request.method == "GET" {
            let all = request.item("deleted") == "true"
            return APIResponse(200, .json(.array(org.records(of: object, includingDeleted: all))))
        }
        guard request.method == "POST" else { throw .refused(.notFound) }
        let json: JSON
        do { json = try body(request) } catch { throw .refused(error) }
        do {
            let ids = try org.seed(object, json.array ?? [json])
            return APIResponse(201, .json(["ids": .strings(ids)]))
        } catch { throw .emulator(error) }
    }

    private func single(
        _ object: String, _ id: String, _ request: APIRequest
    ) throws(ControlError) -> APIResponse {
        do {
            switch request.method {
            case "GET":
                guard let record = org.record(object, id: id) else {
                    throw ControlError.refused(.notFound)
                }
                return APIResponse(200, .json(record))
            case "PATCH": try org.edit(object, id: id, try body(request))
            case "DELETE": try org.delete(object, id: id)
            default: throw ControlError.refused(.notFound)
            }
            return APIResponse(204)
        } catch let error as ControlError {
            throw error
        } catch let error as EmulatorError {
            throw .emulator(error)
        } catch let error as Refusal {
            throw .refused(error)
        } catch { throw .refused(.notFound) }
    }

    enum ControlError: Error {
        case refused(Refusal)
        case emulator(EmulatorError)
    }

    private static func refusal(_ error: ControlError) -> Refusal {
        switch error {
        case .refused(let refusal): refusal
        case .emulator(.recordRefused(_, let index, let code, let message)):
            Refusal(code, "record \(index): \(message)")
        case .emulator(let error): Refusal("INVALID_TYPE", "\(error)")
        }
    }
}
