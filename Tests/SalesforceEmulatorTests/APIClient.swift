import AsyncHTTPClient
import NIOCore
import SalesforceEmulator
import Testing

/// What came back from one call.
struct Answer: Sendable {
    let status: Int
    /// By lower-cased name.
    let headers: [String: String]
    let text: String
    /// The body as JSON; null when it is empty or no JSON.
    let json: JSON

    /// The code of the first error of the array envelope.
    var errorCode: String? { json[0]?["errorCode"]?.string }
    var message: String? { json[0]?["message"]?.string }
}

/// Calls an emulator over HTTP as any client would.
struct APIClient: Sendable {
    static let data = "/services/data/v66.0"
    static let form =
        "grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret"

    let baseURL: String
    var token: String

    /// A client with a fresh token.
    init(_ server: EmulatorServer) async throws {
        baseURL = server.baseURL
        token = ""
        let answer = try await send(
            "POST", "/services/oauth2/token", body: Array(Self.form.utf8),
            headers: [("Content-Type", "application/x-www-form-urlencoded")])
        token = try #require(answer.json["access_token"]?.string)
    }

    /// A call below `/services/data/v66.0`, with the token and a JSON body.
    func call(
        _ method: String, _ path: String, _ json: JSON? = nil, _ headers: [(String, String)] = []
    ) async throws -> Answer {
        var all = [("Authorization", "Bearer \(token)")] + headers
        if json != nil { all.append(("Content-Type", "application/json")) }
        return try await send(
            method, Self.data + path, body: json?.serialized(), headers: all)
    }

    func query(_ statement: String, all: Bool = false) async throws -> Answer {
        try await call("GET", "/\(all ? "queryAll" : "query")?q=" + Self.encoded(statement))
    }

    /// A control call.
    func control(_ method: String, _ path: String, _ json: JSON? = nil) async throws -> Answer {
        try await send(method, "/__emulator__/" + path, body: json?.serialized(), headers: [])
    }

    func send(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [(String, String)]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .init(rawValue: method)
        request.headers = .init(headers)
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = Array(buffer: try await response.body.collect(upTo: 64 << 20))
        var fields: [String: String] = [:]
        for header in response.headers { fields[header.name.lowercased()] = header.value }
        let json: JSON
        // Answers without JSON (204, HTML) read as null; tests look at their status or text.
        do { json = try JSON.parse(bytes) } catch { json = .null }
        return Answer(
            status: Int(response.status.code), headers: fields,
            text: String(decoding: bytes, as: UTF8.self), json: json)
    }

    /// Percent-encodes everything but unreserved characters.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                encoded.append(character)
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (hex.count == 1 ? "0" : "") + hex
            }
        }
        return encoded
    }
}

/// Runs `body` against a fresh emulator, with a client that holds a token.
func withEmulator(
    _ options: EmulatorOptions = EmulatorOptions(),
    _ body: @escaping @Sendable (EmulatorServer, APIClient) async throws -> Void
) async throws {
    try await EmulatorServer.withRunning(options) { server in
        try await body(server, try await APIClient(server))
    }
}

/// A collections body.
func batch(_ object: String, allOrNone: Bool = false, _ records: [JSON]) -> JSON {
    let typed = records.map { record in
        JSON.object(
            [JSON.Member("attributes", ["type": .string(object)])] + (record.members ?? []))
    }
    return ["allOrNone": .bool(allOrNone), "records": .array(typed)]
}
