import AsyncHTTPClient
import Logging
import NIOHTTP1
import Records

/// Speaks to one org: reads descriptions and records, sends collections.
///
/// The thin shell round pure values: requests are built and answers read elsewhere. It never waits
/// and never tries again, but for one thing: when Salesforce refuses the token, the token is
/// renewed, by one call for all that wait, and the refused call sent once more, because a refused
/// call was not executed. Whether anything else is repeated is Delivery's to decide, by
/// ``SalesforceError/disposition``.
package final class SalesforceClient: Sendable {
    package let settings: ClientSettings
    private let transport: HTTPTransport
    private let session: Session
    private let counter: UsageCounter
    private let descriptions = DescriptionCache()

    /// - Parameters:
    ///   - http: made with ``ClientLimits/httpConfiguration``; without it, redirects would be
    ///     followed. It is not shut down here.
    ///   - context: the clock, the vault of the web flow, and the org that the data belong to.
    package init(
        settings: ClientSettings, http: HTTPClient, logger: Logger,
        context: SessionContext = SessionContext()
    ) {
        self.settings = settings
        counter = UsageCounter(share: settings.limits.allocationShare.map(AllocationShare.init))
        transport = HTTPTransport(http: http, limits: settings.limits)
        session = Session(
            settings: settings, transport: transport, context: context, logger: logger)
    }

    /// Calls made and allocation used so far.
    package var usage: APIUsage { counter.current }

    /// What this user may see of an object. One API request, though a small one when the object is
    /// as it was at the last time.
    ///
    /// - Parameter isContradicted: something that Salesforce answered does not fit what it last
    ///   described: it is asked for the whole description.
    package func describe(
        _ object: String, isContradicted: Bool = false
    ) async throws(SalesforceError) -> ObjectDescription {
        let name = try APIName.checked(object: object)
        let known = isContradicted ? nil : descriptions.description(of: name)
        let call = HTTPCall(
            kind: .read, method: .GET, path: settings.basePath + "/sobjects/\(name)/describe",
            ifModifiedSince: known?.modified)
        let answer = try await answer(to: call)
        if let known, answer.status == 304 { return known.description }
        let description = try ObjectDescription(describeAnswer: answer.success(of: .read))
        descriptions.keep(description, of: name, answer)
        return description
    }

    /// All records that any of the queries matches, page after page; one that several match comes
    /// as often.
    ///
    /// One API request for five pages: a single short query is a GET, anything else goes in the
    /// body of Composite calls.
    ///
    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)`` also when the pages of a
    ///   query together hold fewer or more records than they announced: a record lost between
    ///   pages would be created anew.
    package func query(_ queries: [Query]) async throws(SalesforceError) -> [Record] {
        var reading = QueryReading(
            queries, basePath: settings.basePath, pagesMax: settings.limits.queryPagesMax)
        while !reading.isComplete {
            let wanted = reading.next(CompositeRequest.subrequestCountMax)
            try reading.add(try await read(paths: wanted))
        }
        return reading.records
    }

    /// ``query(_:)-([Query])`` of one query.
    package func query(_ query: Query) async throws(SalesforceError) -> [Record] {
        try await self.query([query])
    }

    /// Sends collections requests in one call, and reads what became of each record. One API
    /// request.
    ///
    /// - Parameter requests: up to ``CompositeRequest/subrequestCountMax``.
    /// - Returns: for each request the results of its records, or an error whose
    ///   ``SalesforceError/isDefinite`` tells whether nothing of it was executed or all of it is in
    ///   doubt.
    package func send(
        _ requests: [CollectionsRequest]
    ) async -> [Result<[CollectionsResult], SalesforceError>] {
        do throws(SalesforceError) {
            if let only = requests.first, requests.count == 1 {
                return [.success(try await send(only))]
            }
            return try await sendTogether(requests)
        } catch {
            return requests.map { _ in .failure(error) }
        }
    }

    private func sendTogether(
        _ requests: [CollectionsRequest]
    ) async throws(SalesforceError) -> [Result<[CollectionsResult], SalesforceError>] {
        let composite = CompositeRequest(
            requests.map {
                CompositeRequest.Subrequest(
                    method: $0.method, path: settings.basePath + $0.path, body: $0.body,
                    saving: $0.saving)
            })
        let answers = try await send(composite, kind: .write)
        return zip(requests, answers).map { request, answer in
            do throws(SalesforceError) {
                let body = try answer.success(of: .write)
                return .success(try CollectionsResult.read(body, of: request))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Ids of the records that the org's duplicate rules take for the same as one with these
    /// fields. One API request; nothing is saved (User Interface API Developer Guide, "Check for
    /// Duplicate Records"). An answer of a collection names no such records.
    package func duplicates(
        of object: String, fields: [String: FieldValue]
    ) async throws(SalesforceError) -> [RecordID] {
        let body = FieldValue.object([
            "apiName": .text(try APIName.checked(object: object)), "fields": .object(fields),
        ])
        let call = HTTPCall(
            kind: .read, method: .POST, path: settings.basePath + "/ui-api/predupe",
            body: Array(body.json.utf8))
        let answer = try await answer(to: call).success(of: .read)
        guard let matches = answer["matches"]?.listValue else {
            throw .unreadableAnswer(.read, status: 200, reason: "a duplicate check lacks matches")
        }
        var ids: [RecordID] = []
        for match in matches {
            for id in match["recordIds"]?.listValue?.compactMap(\.text) ?? [] {
                if let id = RecordID(answered: id), !ids.contains(id) { ids.append(id) }
            }
        }
        return ids
    }

    /// Sends a collections request as a call of its own. One API request.
    ///
    /// - Throws: an error whose ``SalesforceError/isDefinite`` tells whether nothing was executed
    ///   or the whole request is in doubt.
    package func send(
        _ request: CollectionsRequest
    ) async throws(SalesforceError) -> [CollectionsResult] {
        var call = HTTPCall(
            kind: .write, method: HTTPMethod(rawValue: request.method),
            path: settings.basePath + request.path,
            body: request.body.isEmpty ? nil : request.body)
        call.saving = request.saving
        let body = try await answer(to: call).success(of: .write)
        return try CollectionsResult.read(body, of: request)
    }

    private func send(
        _ composite: CompositeRequest, kind: CallKind
    ) async throws(SalesforceError) -> [CompositeAnswer] {
        let call = HTTPCall(
            kind: kind, method: .POST, path: settings.basePath + "/composite",
            body: composite.body)
        return try composite.answers(
            in: try await answer(to: call).success(of: kind), kind: kind)
    }

    /// The bodies at several paths, in one call.
    private func read(paths: [String]) async throws(SalesforceError) -> [FieldValue] {
        if let only = paths.first, paths.count == 1, only.utf8.count <= Query.encodedBytesMax {
            return [try await readPath(only)]
        }
        let composite = CompositeRequest(
            paths.map { CompositeRequest.Subrequest(method: "GET", path: $0) })
        var bodies: [FieldValue] = []
        for answer in try await send(composite, kind: .read) {
            bodies.append(try answer.success(of: .read))
        }
        return bodies
    }

    /// Who we are, and in which org. Not an API request of the allocation.
    package func identity() async throws(SalesforceError) -> Identity {
        let call = HTTPCall(kind: .read, method: .GET, path: "/services/oauth2/userinfo")
        let answer = try await answer(to: call, isCounted: false)
        // The app may lack the scope for UserInfo; the token response has named org and user
        // already.
        guard answer.status != 403, answer.status != 404 else {
            return Identity(grant: try await session.grant())
        }
        return try Identity(userInfo: answer.success(of: .read), grant: await session.grant())
    }

    /// The API names of all objects that this user may see. One API request (REST API Developer
    /// Guide, "Describe Global").
    package func objectNames() async throws(SalesforceError) -> [String] {
        try await read("/sobjects")["sobjects"]?.listValue?.compactMap { $0["name"]?.text } ?? []
    }

    /// The org that the token is for. A token request when there is no token yet, no call
    /// otherwise.
    package func organizationID() async throws(SalesforceError) -> RecordID {
        try await session.grant().organizationID
    }

    /// The user that the token is for; see ``organizationID()``.
    func userID() async throws(SalesforceError) -> RecordID { try await session.grant().userID }

    /// All limits of the org. One API request, made also when the share of the allocation is used.
    package func limits() async throws(SalesforceError) -> LimitsReport {
        let call = HTTPCall(kind: .read, method: .GET, path: settings.basePath + "/limits")
        let report = try LimitsReport(await answer(to: call, isProbe: true).success(of: .read))
        if let daily = report.dailyAPIRequests { counter.update(daily) }
        return report
    }

    private func read(_ resource: String) async throws(SalesforceError) -> FieldValue {
        try await readPath(settings.basePath + resource)
    }

    private func readPath(_ path: String) async throws(SalesforceError) -> FieldValue {
        try await answer(to: HTTPCall(kind: .read, method: .GET, path: path)).success(of: .read)
    }

    /// The answer to a call, after at most one renewal of the token by this process.
    ///
    /// - Parameter sink: takes the body of a success, which the answer then lacks.
    func answer(
        to call: HTTPCall, isCounted: Bool = true, isProbe: Bool = false,
        sink: (any AnswerSink)? = nil
    ) async throws(SalesforceError) -> HTTPAnswer {
        let grant = try await session.grant()
        let first = try await exchange(call, by: grant, isCounted, isProbe, sink)
        guard first.isSessionRefused else { return first }
        let renewed = try await session.grant(after: grant)
        let second = try await exchange(call, by: renewed, isCounted, isProbe, sink)
        // What another process had renewed may have ended since.
        guard second.isSessionRefused, await session.hasTakenOver(renewed) else { return second }
        return try await exchange(
            call, by: try await session.grant(after: renewed), isCounted, isProbe, sink)
    }

    private func exchange(
        _ call: HTTPCall, by grant: Grant, _ isCounted: Bool, _ isProbe: Bool,
        _ sink: (any AnswerSink)?
    ) async throws(SalesforceError) -> HTTPAnswer {
        guard let ticket = counter.begin(isCounted: isCounted, isProbe: isProbe) else {
            throw .allocationShareUsed(limit: usage.limit ?? 0)
        }
        do {
            let answer = try await transport.send(
                call, to: grant.instance, token: grant.accessToken, sink: sink)
            counter.end(ticket, limitInfo: answer.limitInfo)
            return answer
        } catch {
            counter.end(ticket, limitInfo: nil)
            throw error
        }
    }
}
