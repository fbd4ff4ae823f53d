import EventLog
import Events
import HTTPTypes
import Hummingbird
import NIOCore

/// The answers of the door, as JSON.
enum IngestAnswer {
    private static let success = ByteBuffer(string: #"{"success":true}"#)
    private static let duplicate = ByteBuffer(string: #"{"success":true,"duplicate":true}"#)
    private static let json: HTTPFields = [.contentType: "application/json"]

    static func ok() -> Response {
        Response(status: .ok, headers: json, body: .init(byteBuffer: success))
    }

    /// One event was stored, now or before.
    static func stored(_ draft: EventDraft, isDuplicate: Bool) -> Response {
        // An assigned id stands in nobody's bytes.
        guard case .text(let messageID) = draft.messageID, draft.isMessageIDAssigned else {
            let body = isDuplicate ? duplicate : success
            return Response(status: .ok, headers: json, body: .init(byteBuffer: body))
        }
        return response(
            .ok,
            .object([
                JSONMember("success", .boolean(true)),
                JSONMember("messageId", .string(messageID)),
            ]))
    }

    /// A batch was judged and its good events are stored.
    ///
    /// 200 also when some were refused: libraries send a batch again on anything else, and that
    /// would not make the refused ones better. Only a batch of which nothing was kept is answered
    /// with 400.
    static func batch(_ outcome: BatchOutcome) -> Response {
        let isNothingKept = outcome.storedCount == 0 && !outcome.rejections.isEmpty
        var members = [
            JSONMember("success", .boolean(!isNothingKept)),
            JSONMember("accepted", .number(String(outcome.acceptedCount))),
            JSONMember("duplicates", .number(String(outcome.duplicateCount))),
            JSONMember("rejected", .array(outcome.rejections.map(item))),
        ]
        if isNothingKept {
            members += [
                JSONMember("code", .string("all-rejected")),
                JSONMember("message", .string("none of the batch's events was accepted")),
            ]
        }
        return response(isNothingKept ? .badRequest : .ok, .object(members))
    }

    /// The whole batch was refused because of its bad events, as the sender asked for.
    static func strictRefusal(_ rejections: [ItemRejection]) -> Response {
        response(
            .badRequest,
            .object([
                JSONMember("success", .boolean(false)),
                JSONMember("code", .string("strict-mode")),
                JSONMember(
                    "message", .string("nothing was accepted: an event of the batch is bad")),
                JSONMember("accepted", .number("0")),
                JSONMember("duplicates", .number("0")),
                JSONMember("rejected", .array(rejections.map(item))),
            ]))
    }

    /// - Parameter retryAfter: told to the sender when trying again later can help.
    static func refusal(_ refusal: Refusal, retryAfter: Duration) -> Response {
        var members = [
            JSONMember("success", .boolean(false)), JSONMember("code", .string(refusal.code)),
            JSONMember("message", .string(refusal.message)),
        ]
        if case .rejected(let rejection) = refusal { members += place(rejection) }
        var response = response(refusal.status, .object(members))
        switch refusal {
        case .unauthorised: response.headers[.wwwAuthenticate] = #"Basic realm="tidemark""#
        case .wrongMethod(let allowed): response.headers[.allow] = allowed.rawValue
        default: break
        }
        if refusal.isTemporary {
            var wait = retryAfter
            if case .tooMany(let own) = refusal { wait = own }
            // Whole seconds, rounded up: earlier would be refused again.
            let seconds = (wait + .milliseconds(999)).components.seconds
            response.headers[.retryAfter] = String(max(1, seconds))
        }
        return response
    }

    private static func item(_ item: ItemRejection) -> JSONValue {
        .object(
            [
                JSONMember("index", .number(String(item.index))),
                JSONMember("code", .string(item.rejection.code)),
                JSONMember("message", .string(item.rejection.message)),
            ] + place(item.rejection))
    }

    private static func place(_ rejection: EventRejection) -> [JSONMember] {
        var members: [JSONMember] = []
        if let byte = rejection.byteOffset {
            members.append(JSONMember("byte", .number(String(byte))))
        }
        if let field = rejection.field { members.append(JSONMember("field", .string(field))) }
        return members
    }

    private static func response(_ status: HTTPResponse.Status, _ value: JSONValue) -> Response {
        Response(
            status: status, headers: json, body: .init(byteBuffer: ByteBuffer(bytes: value.json)))
    }
}
