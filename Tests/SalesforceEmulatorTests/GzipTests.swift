import AsyncHTTPClient
import Testing

@testable import SalesforceEmulator

@Suite struct GzipTests {
    @Test(
        arguments: [
            [], [7], Array("abcabcabcabcabcabcabc".utf8), [UInt8](repeating: 0, count: 100_000),
            (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) },
            Array(String(repeating: #"{"attributes":{"type":"Contact"},"#, count: 3_000).utf8),
            (0..<256).map { UInt8($0) },
        ] as [[UInt8]])
    func whatIsPackedUnpacksToTheSameBytes(bytes: [UInt8]) {
        let packed = GzipEncoder.pack(bytes)
        #expect(Gunzip.unpack(packed, bytesMax: 1 << 20) == bytes)
        if bytes.count > 50_000, bytes[0] == bytes[33] { #expect(packed.count < bytes.count / 8) }
    }

    @Test func answersArePackedForWhoeverAcceptsIt() async throws {
        try await withEmulator { server, client in
            try server.org.seed(
                "Contact", (0..<500).map { ["LastName": .string("name \($0)")] })
            let path = APIClient.data + "/query?q=SELECT+LastName+FROM+Contact"
            let plain = try await client.call(
                "GET", "/query?q=SELECT+LastName+FROM+Contact", nil,
                [("Accept-Encoding", "identity")])
            var request = HTTPClientRequest(url: server.baseURL + path)
            request.headers = [
                "Authorization": "Bearer \(client.token)", "Accept-Encoding": "gzip",
            ]
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            // This client unpacks by itself, with zlib: another judge of our packing.
            let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
            #expect(response.headers.first(name: "Content-Encoding") == "gzip")
            #expect(try JSON.parse(bytes) == plain.json)
            #expect(plain.headers["content-encoding"] == nil)
        }
    }
}
