/// Who may call: tokens, and how their absence is answered.
enum Authorization {
    static let invalidSession = Refusal(
        "INVALID_SESSION_ID", "Session expired or invalid", status: 401)

    /// What is wrong with the call's token; nil when it is good.
    static func refusal(_ request: APIRequest, _ sessions: Sessions) -> APIResponse? {
        guard let header = request.headers["authorization"] else { return invalid(request) }
        let parts = header.split(separator: " ")
        guard parts.count == 2, ["bearer", "oauth"].contains(parts[0].lowercased()) else {
            return APIResponse(
                Refusal("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status: 401))
        }
        return sessions.contains(String(parts[1])) ? nil : invalid(request)
    }

    /// A write without a JSON content type is answered in XML (recorded by django-salesforce).
    private static func invalid(_ request: APIRequest) -> APIResponse {
        let writes = request.method == "POST" || request.method == "PATCH"
        guard writes, !isJSON(request) else { return APIResponse(invalidSession) }
        let body = """
            <?xml version="1.0" encoding="UTF-8"?><response>\
            <faultcode>LOGIN_OAUTH_INVALID_TOKEN</faultcode>\
            <faultstring>INVALID_SESSION_ID: Session expired or invalid</faultstring></response>
            """
        return APIResponse(401, .text(body, contentType: "application/xml;charset=UTF-8"))
            .adding("Sfdc-OAuth-Error", "1703")
    }

    static func isJSON(_ request: APIRequest) -> Bool {
        let type = request.headers["content-type"] ?? ""
        return type.lowercased().hasPrefix("application/json")
    }
}
