import Projection
import Salesforce

/// How delivery behaves, from the configuration.
package struct DeliverySettings: Sendable {
    /// How long nothing is written for a create that is in doubt: longer than any request can still
    /// run. Salesforce ends requests at ten minutes (Developer Limits, "API Request Limits"); the
    /// rest is margin.
    package var fence: Duration = .seconds(15 * 60)
    /// The part of the org's rolling 24-hour allocation that Tidemark may see used, 0–1.
    package var budgetShare = 0.8
    /// Deletes wait for a person.
    package var holdsDeletes = false
    /// More deletes than this in one round, and more than this share of the linked keys, wait for a
    /// person.
    package var brakeCount = 500
    package var brakeShare = 0.05
    package var retry = RetryPolicy()
    package var limits = DeliveryLimits()
    /// How records are saved, by their object's name in lower case; of others as usual.
    package var saving: [String: SavingRules] = [:]
    /// What converted leads are followed to; `nil` for nothing.
    package var following: ConversionTarget?

    package init() {}

    package func saving(of object: String) -> SavingRules {
        saving[object.lowercased()] ?? .usual
    }
}

/// Bounds of one delivery step.
package struct DeliveryLimits: Sendable {
    /// Keys looked at in one round: as many as the calls that may be under way at once carry, so
    /// that a round takes no longer than one call, and what happens meanwhile waits no longer.
    package var roundKeyCountMax = 4_000
    /// Records in one Collections call (REST API Developer Guide, "sObject Collections").
    package var callRecordCountMax = 200
    /// Bytes of the values in one call, before and after. The intent that holds them, twice and
    /// more, must fit into an entry of the log.
    package var callValueBytesMax = 1 << 20
    /// Collections requests in one Composite call; Salesforce takes no more than five. They run one
    /// after the other within the call, so fewer of them make calls shorter, and more numerous.
    package var callBatchCountMax = CompositeRequest.subrequestCountMax
    /// Bytes of the bodies in one call.
    package var callBodyBytesMax = 4 << 20
    /// How often parents that keys wait for are looked for in Salesforce: seldom enough to cost
    /// little, often enough that a parent made by a person is noticed within minutes…
    package var parentLookInterval: Duration = .seconds(5 * 60)
    /// …and for how many waiting keys in one look; the others come next.
    package var parentLookKeyCountMax = 2_000
    /// Operations in doubt let go in one entry of the log.
    package var resolvedCountMax = 5_000
    /// Keys that one entry of the log says were settled or blocked by looking.
    package var observationCountMax = 2_000
    /// Collections calls under way at once. Salesforce limits only long-running calls (25 in
    /// production, 5 in developer orgs); four keep clear of both.
    package var concurrentCallCountMax = 4
    package var jobs = JobLimits()
    /// Touches of keys by the latest events that are looked through for urgent keys.
    package var urgentScanMax = 8_000
    /// Dirty keys that are looked through for other work before records are deleted that others
    /// look up.
    package var parentDeleteScanMax = 20_000
    /// Descriptions are asked for again after this long, though nothing speaks against them: a
    /// field shown, a length or right given, frees keys that wait for it.
    package var descriptionAgeMax: Duration = .seconds(60 * 60)
    /// Events of a burst are waited for this long after the latest, so that they share calls…
    package var gatherQuiet: Duration = .milliseconds(50)
    /// …but no longer than this after the first.
    package var gatherMax: Duration = .milliseconds(250)

    package init() {}
}

/// Time and chance, passed in so that a run can be repeated.
package struct DeliveryEnvironment: Sendable {
    /// Milliseconds since 1970: written into the log for people, never compared.
    package let wallClock: @Sendable () -> Int64
    /// Time since some fixed moment, never set back: fences and back-off go by it.
    package let monotonicClock: @Sendable () -> Duration
    /// The boot that `monotonicClock` counts from, so that other processes of it can go on with a
    /// fence; `nil` when every process counts from elsewhere.
    package let boot: String?
    package let sleep: @Sendable (Duration) async throws -> Void
    /// Uniform in 0..<1.
    package let random: @Sendable () -> Double

    package init(
        wallClock: @escaping @Sendable () -> Int64,
        monotonicClock: @escaping @Sendable () -> Duration,
        boot: String? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.wallClock = wallClock
        self.monotonicClock = monotonicClock
        self.boot = boot
        self.sleep = sleep
        self.random = random
    }

    /// Now, for other processes of this boot: never too early. `nil` when they cannot compare it.
    package var bootMoment: BootMoment? {
        boot.map { boot in
            let milliseconds = monotonicClock() / .milliseconds(1)
            return BootMoment(boot: boot, milliseconds: Int64(milliseconds.rounded(.up)))
        }
    }
}
