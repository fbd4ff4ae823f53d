import Actions
import ArgumentParser
import Delivery
import EventLog
import Ingest
import Projection
import Salesforce

/// What ends a command, with the exit status that tells why.
enum CommandFailure: Error, Sendable, CustomStringConvertible {
    /// 78: the configuration cannot work. Nothing was done.
    case configuration(String)
    /// 1: something failed; the text says what, what is left, and the remedy.
    case failed(String)
    /// 64: the arguments make no sense together.
    case usage(String)

    var description: String {
        switch self {
        case .configuration(let text), .failed(let text), .usage(let text): text
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .configuration: ExitCode(78)
        case .failed: .failure
        case .usage: ExitCode(64)
        }
    }

    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError: self = .configuration("\(error)")
        case let error as DeliveryError: self = .failed("\(error)")
        case let error as ProjectionError: self = .failed("\(error)")
        case let error as LogError:
            var remedy = ""
            if case .store(.system) = error {
                remedy = "; check `data`, and whether this user may write there"
            }
            self = .failed("\(error)\(remedy)")
        case let error as IngestError: self = .failed("\(error)")
        case let error as SalesforceError: self = .init(salesforce: error)
        default: self = .failed("\(error)")
        }
    }

    private init(salesforce error: SalesforceError) {
        switch error {
        case .invalidSettings(let text), .grantUnusable(let text): self = .configuration(text)
        // A command makes no call again by itself, as delivery does.
        case .notSent(_, let reason), .noAnswer(_, let reason):
            self = .failed(
                "Salesforce could not be reached: \(reason); check the network and "
                    + "salesforce.loginUrl, then run the command again")
        default: self = .failed("\(error)")
        }
    }
}

/// What doing a thing as a command means: a failure is one sentence on standard error, and its exit
/// status. What could not be printed was not done, whatever the command had to say besides.
func running(_ body: () async throws -> Void) async throws {
    do {
        do {
            try await body()
        } catch let exit as ExitCode {
            try StandardStreams.flush()
            throw exit
        }
        try StandardStreams.flush()
    } catch let exit as ExitCode {
        throw exit
    } catch let failure as ValidationError {
        throw failure
    } catch {
        let failure = CommandFailure(error)
        StandardError.write("tidemark: \(failure)")
        throw failure.exitCode
    }
}
