/// What an error asks for. One `switch` on it, in Delivery, acts.
///
/// Every case that leads to another attempt needs the caller's own attempt cap, after which the key
/// is parked: Salesforce may answer the same for ever.
package enum Disposition: Sendable, Hashable {
    /// Nothing was executed for this record; try again after the caller's back-off, but not before
    /// `after` when Salesforce named a time or the error is known to last.
    case retry(after: Duration?)
    /// Too much of ours is under way at once. Nothing was executed: have fewer calls at once, and
    /// try again, not before.
    case slowDown(after: Duration)
    /// The world is not as we thought (a duplicate appeared, the record is gone): look, then plan
    /// anew.
    case observeAgain
    /// The token or the login was refused, renewal included. Stop every call until a person acts.
    case reauthorise
    /// Stop every call to this org until the reason has passed.
    case pause(PauseReason)
    /// Only this record, and only a person or another value can help.
    case park
    /// The write may have been executed. Never send a create again before the fence has passed.
    case inDoubt
    /// The mapping or the permissions are wrong, mostly for the whole object: describe it again,
    /// and when that shows nothing new, stop the object. Never burn the allocation record by
    /// record.
    case stopObject
    /// Nothing was executed because the request as a whole was refused for something inside it:
    /// send it again in halves; a request of one record is to be parked.
    case split
}

extension Disposition {
    /// What ends a pause, where it is not plain from the error itself.
    var remedy: String? {
        switch self {
        case .pause(.requestAllocation):
            "the org's API requests of 24 hours are used up; calls go on by themselves when these "
                + "have aged"
        case .pause(.storage): "the org's storage is full: make room in Salesforce"
        case .pause(.apiUnavailable):
            "this org, user or API version has no API: see salesforce.apiVersion and the user's "
                + "permissions"
        default: nil
        }
    }
}

/// Why a whole org is paused.
package enum PauseReason: String, Sendable, Hashable, Codable {
    /// The rolling 24-hour allocation of API requests is used up: lasts hours.
    case requestAllocation = "request-allocation"
    /// The part of it that Tidemark may use is used up: lasts hours.
    case requestShare = "request-share"
    /// The org's data or file storage is full: a person must make room.
    case storage
    /// The API is not enabled for this org or user, or this version is retired.
    case apiUnavailable = "api-unavailable"
    /// A redirect was answered: an instance moved, or something sits between us and Salesforce.
    case redirected
    /// A token response named an instance that is no Salesforce host.
    case instanceRefused = "instance-refused"
    /// The same login now leads to another org.
    case organizationChanged = "organization-changed"
    /// The settings themselves cannot work.
    case settings
}
