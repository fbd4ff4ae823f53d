/// `POST /composite/batch` (REST API Developer Guide, "Batch"): up to 25 independent calls in one,
/// each of which counts as a call.
extension OrgState {
    mutating func batch(
        _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        let body = try body(call.request)
        let requests = body["batchRequests"]?.array ?? []
        guard (1...Self.subrequestCountMax).contains(requests.count) else {
            throw Refusal(
                "INVALID_INPUT", "A batch takes 1 to \(Self.subrequestCountMax) subrequests")
        }
        // The call itself was counted when it was let in.
        allowance.used += requests.count - 1
        var results: [JSON] = []
        var hasErrors = false
        for request in requests {
            if hasErrors, body["haltOnError"]?.bool == true {
                results.append(Self.halted)
                continue
            }
            let answer = try batchAnswer(request, call, context)
            hasErrors = hasErrors || answer.status >= 300
            results.append(["statusCode": .int(answer.status), "result": answer.json])
        }
        return APIResponse(
            200, .json(["hasErrors": .bool(hasErrors), "results": .array(results)]))
    }

    private static let halted: JSON = [
        "statusCode": 412,
        "result": [
            [
                "errorCode": "BATCH_PROCESSING_HALTED",
                "message": "Batch processing halted per request",
            ]
        ],
    ]

    private mutating func batchAnswer(
        _ request: JSON, _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        guard let method = request["method"]?.string, let url = request["url"]?.string else {
            throw Refusal("INVALID_INPUT", "A batch subrequest needs method and url")
        }
        var headers = call.request.headers
        headers["content-type"] = "application/json"
        let input = request["richInput"] ?? .null
        let inner = RoutedCall(
            APIRequest(
                method: method, target: "/services/data/\(url)", headers: headers,
                body: input.isNull ? [] : input.serialized()))
        statistics.subrequests[inner.kind, default: 0] += 1
        // Composite resources and jobs cannot stand inside.
        switch inner.route {
        case .composite, .batch, .bulk, .collections, .collectionsUpsert, .collectionsRetrieve:
            return APIResponse(.notFound)
        default: return answer(inner, context)
        }
    }
}
