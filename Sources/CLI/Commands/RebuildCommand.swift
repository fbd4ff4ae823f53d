import ArgumentParser
import EventLog
import Foundation
import Projection

/// Folds the log again from nothing.
struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Discard the state folder and fold the log again.",
        discussion: """
            Nothing is lost: the state is a projection of the log.

            Example: tidemark rebuild
            """)

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let position: UInt64
        let keys: Int
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let folder = DataFolder(path: configuration.data)
            guard try folder.holdsLog() else {
                throw CommandFailure.failed(
                    "\(configuration.data) holds no log; nothing to rebuild")
            }
            // Holding the log's lock keeps every other writer of the state away.
            let session = try WritingSession(configuration)
            defer { session.close() }
            do {
                try FileManager.default.removeItem(atPath: folder.state)
            } catch CocoaError.fileNoSuchFile {
                // There was no state yet.
            }
            let projector = try session.projector()
            defer { projector.close() }
            let bar = ProgressBar("rebuild")
            let last = session.log.lastPosition.number
            while try projector.projectNextBatch() > 0 {
                bar.update(
                    Int(try projector.state.checkpoint()), of: Int(last), unit: "entries")
            }
            bar.finish()
            let counts = try projector.state.counts()
            let document = Document(
                position: try projector.state.checkpoint(), keys: counts.values.reduce(0, +))
            try options.output.print(document) { _ in
                "folded the log up to position \(document.position) into \(document.keys.of("key"))"
            }
        }
    }
}
