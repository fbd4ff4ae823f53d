import Events
import SalesforceEmulator
import Testing

/// What programs that read `--json` rely on: every named member is there, and of its type.
extension EndToEnd {
    @Suite struct ShapeTests {
        @Test func everyDocumentHasTheMembersItPromises() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    let twin = JSON.string(Profile(2).email)
                    try emulator.org.seed(
                        "Contact",
                        [["LastName": "A", "Email": twin], ["LastName": "B", "Email": twin]])
                    let ids = emulator.org.records(of: "Contact").compactMap { $0["Id"]?.string }
                    try workspace.write(
                        "events.ndjson", "bad\n" + [Profile(1), Profile(2)].lines)
                    expect(
                        try await workspace.json("ingest", "events.ndjson"),
                        [
                            "$.accepted": "number", "$.duplicates": "number",
                            "$.lastPosition": "number", "$.rejected[0].file": "string",
                            "$.rejected[0].line": "number", "$.rejected[0].code": "string",
                            "$.rejected[0].message": "string",
                        ])
                    expect(try await workspace.json("plan"), Self.plan)
                    expect(try await workspace.json("status"), Self.status)
                    expect(try await workspace.json("sync"), Self.pass)
                    expect(try await workspace.json("apply"), Self.pass)
                    let status = try await workspace.json("status")
                    expect(status, Self.status)
                    expect(
                        status,
                        [
                            "$.keys.parked.ambiguous": "number", "$.api.used": "number",
                            "$.api.limit": "number", "$.paused": "null",
                            "$.lastError.at": "string", "$.lastError.position": "number",
                            "$.lastError.object": "string", "$.lastError.code": "string",
                            "$.lastError.message": "null",
                        ])
                    try await explained(workspace)
                    try await audited(workspace, ids)
                    expect(
                        try await workspace.json("verify"),
                        [
                            "$.ok": "boolean", "$.entries": "number", "$.chainHead": "string",
                            "$.problems": "array", "$.state": "string",
                        ])
                }
            }
        }

        private func explained(_ workspace: Workspace) async throws {
            let settled = try await workspace.json(
                "explain", "Contact", "Email=\(Profile(1).email)")
            expect(settled, Self.explanation)
            expect(
                settled,
                [
                    "$.recordId": "string", "$.fields[0].desired": "string",
                    "$.fields[0].observed": "string", "$.fields[0].lastSent.operation": "string",
                    "$.fields[0].lastSent.at": "string", "$.fields[0].lastSent.status": "number",
                ])
            #expect(settled.text("$.presence") == "exists")
            #expect(settled.text("$.state") == "settled")
            let parked = try await workspace.json("explain", "Contact", "Email=\(Profile(2).email)")
            expect(parked, Self.explanation)
            expect(
                parked,
                [
                    "$.recordId": "null", "$.fields[0].observed": "null",
                    "$.fields[0].lastSent": "null",
                ])
        }

        private func audited(_ workspace: Workspace, _ ids: [String]) async throws {
            let operations = try await workspace.json("audit").list("$.operations")
            let sent = try #require(operations.first { $0.text("$.outcome") == "succeeded" })
            expect(sent, Self.operation)
            expect(sent, ["$.recordId": "string", "$.status": "number", "$.error": "null"])
            let blocked = try #require(operations.first { $0.text("$.outcome") == "blocked" })
            expect(blocked, Self.operation)
            expect(
                blocked,
                [
                    "$.events[0]": "number", "$.status": "number", "$.error.code": "string",
                    "$.error.message": "string",
                ])
        }

        private func expect(
            _ document: Document, _ shape: [String: String],
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            for (path, kind) in shape {
                #expect(
                    document[path]?.kindName == kind, "\(path) in \(document.value)",
                    sourceLocation: sourceLocation)
            }
        }

        private static let plan = [
            "$.operations[0].object": "string", "$.operations[0].operation": "string",
            "$.operations[0].key": "object", "$.operations[0].recordId": "null",
            "$.operations[0].reason": "string", "$.operations[0].changes[0].field": "string",
            "$.operations[0].changes[0].before": "null",
            "$.operations[0].changes[0].after": "string",
            "$.operations[0].changes[0].action": "string",
            "$.operations[0].changes[0].event.position": "number",
            "$.operations[0].changes[0].event.messageId": "string",
            "$.operations[0].changes[0].event.eventTime": "string",
            "$.blocked[0].object": "string", "$.blocked[0].key": "object",
            "$.blocked[0].status": "number", "$.blocked[0].code": "string",
            "$.blocked[0].message": "string", "$.blocked[0].recordIds[1]": "string",
            "$.price.apiCalls": "number", "$.price.bulkJobs": "number",
            "$.basedOn.position": "number", "$.basedOn.configuration": "string",
            "$.basedOn.asOf": "null", "$.parked": "object",
        ]

        private static let status = [
            "$.log.lastPosition": "number", "$.projection.position": "number",
            "$.projection.lag": "number", "$.keys.settled": "number", "$.keys.dirty": "number",
            "$.keys.inDoubt": "number", "$.keys.parked": "object", "$.api": "object",
            "$.paused": "null", "$.storage.logBytes": "number",
            "$.storage.diskFreeBytes": "number", "$.storage.diskBytes": "number",
            "$.storage.usedPercent": "number",
        ]

        private static let pass = [
            "$.created": "number", "$.updated": "number", "$.deleted": "number",
            "$.unchanged": "number", "$.parked": "object", "$.parked.ambiguous": "number",
            "$.inDoubt": "number", "$.failed": "number", "$.apiCalls": "number",
            "$.position": "number", "$.paused": "null", "$.waiting": "number",
            "$.firstWaiting": "array",
        ]

        private static let explanation = [
            "$.object": "string", "$.key.Email": "string", "$.presence": "string",
            "$.state": "string", "$.fields[0].field": "string", "$.fields[0].action": "string",
            "$.fields[0].event.position": "number", "$.fields[0].event.messageId": "string",
            "$.fields[0].event.eventTime": "string", "$.history[0].position": "number",
        ]

        private static let operation = [
            "$.id": "string", "$.at": "string", "$.object": "string", "$.operation": "string",
            "$.key": "object", "$.outcome": "string", "$.fields": "object", "$.events": "array",
            "$.attempts": "number",
        ]
    }
}
