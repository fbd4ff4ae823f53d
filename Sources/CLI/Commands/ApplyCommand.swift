import ArgumentParser

/// Plans and sends.
struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plan and apply: send what differs now.",
        discussion: """
            The same as `sync`; while a server runs it does the work at once and reports here.

            Example: tidemark apply --json
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            try Pass.requireEnabled(configuration)
            let control = ControlClient(DataFolder(path: configuration.data))
            let document: PassDocument
            if await control.isAnswering() {
                document = try await control.apply()
            } else {
                document = try await Pass.run(configuration)
            }
            try options.output.print(document, text: document.text)
            if !document.isComplete { throw ExitCode.failure }
        }
    }
}
