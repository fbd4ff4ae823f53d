extension OrgState {
    /// `GET /query?q=` and `GET /queryAll?q=`.
    mutating func query(_ call: RoutedCall, all: Bool) throws(Refusal) -> APIResponse {
        guard let statement = call.request.item("q") else {
            throw Refusal("MALFORMED_QUERY", "A query string has to be specified")
        }
        let answer = try query(
            statement, includesDeleted: all, pageRowMax: pageSize(call.request),
            version: call.version)
        return APIResponse(200, .json(answer))
    }

    private func pageSize(_ request: APIRequest) -> Int {
        let header = (request.headers["sforce-query-options"] ?? "").lowercased()
        guard let wanted = header.split(separator: "=").last.flatMap({ Int($0) }),
            header.hasPrefix("batchsize")
        else { return Self.pageRowMax }
        return min(max(wanted, 200), Self.pageRowMax)
    }
}
