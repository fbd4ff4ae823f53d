import Salesforce
import Testing

@testable import Delivery

@Suite struct JobProgressTests {
    typealias Event = JobProgress.Event
    typealias Action = JobProgress.Action

    struct Course: Sendable, CustomTestStringConvertible {
        let name: String
        let events: [Event]
        let actions: [Action]

        var testDescription: String { name }
    }

    static let cut = SalesforceError.noAnswer(.write, reason: "cut")
    static let refused = SalesforceError.refused(
        .write, status: 400, errors: [RecordError(code: "INVALIDJOB", message: "", fields: [])],
        retryAfter: nil)
    static let gone = SalesforceError.refused(
        .read, status: 404, errors: [RecordError(code: "NOT_FOUND", message: "", fields: [])],
        retryAfter: nil)

    @Test(arguments: [
        Course(
            name: "all goes well",
            events: [
                .planned, .created, .uploaded, .told(.uploadComplete), .told(.inProgress),
                .told(.jobComplete), .readAll,
            ],
            actions: [.create, .upload, .close, .askLater, .askLater, .read, .doubt]),
        Course(
            name: "never created", events: [.planned, .failed(cut)], actions: [.create, .release]),
        Course(
            name: "an upload without answer is given up",
            events: [.planned, .created, .failed(cut), .told(.aborted), .readAll],
            actions: [.create, .upload, .abort, .read, .doubt]),
        Course(
            name: "a close without answer that arrived",
            events: [.planned, .created, .uploaded, .failed(cut), .told(.inProgress)],
            actions: [.create, .upload, .close, .askLater, .askLater]),
        Course(
            name: "a close without answer that never arrived is not repeated",
            events: [.planned, .created, .uploaded, .failed(cut), .told(.open), .told(.aborted)],
            actions: [.create, .upload, .close, .askLater, .abort, .read]),
        Course(
            name: "an abort that came too late",
            events: [.found(hasID: true), .told(.open), .failed(refused), .told(.inProgress)],
            actions: [.ask, .abort, .askLater, .askLater]),
        Course(
            name: "a restart before anything was created", events: [.found(hasID: false)],
            actions: [.release]),
        Course(
            name: "a restart while it ran",
            events: [.found(hasID: true), .told(.inProgress), .told(.failed), .readAll],
            actions: [.ask, .askLater, .read, .doubt]),
        Course(
            name: "nobody answers for a while",
            events: [.found(hasID: true), .failed(cut), .failed(cut), .told(.jobComplete)],
            actions: [.ask, .askLater, .askLater, .read]),
        Course(
            name: "a job that is gone", events: [.found(hasID: true), .failed(gone)],
            actions: [.ask, .doubt]),
        Course(
            name: "results that break off are read again",
            events: [.found(hasID: true), .told(.jobComplete), .failed(cut), .readAll],
            actions: [.ask, .read, .readLater, .doubt]),
        Course(
            name: "results that have expired",
            events: [.found(hasID: true), .told(.jobComplete), .failed(gone)],
            actions: [.ask, .read, .doubt]),
    ])
    func aJobTakesItsCourse(_ course: Course) {
        var progress = JobProgress()
        #expect(course.events.map { progress.next(after: $0) } == course.actions)
    }

    @Test func questionsBecomeRareAsTheJobAges() {
        #expect(
            [0, 1, 2, 4, 100, 1_000].map { PollSchedule.wait(elapsed: .seconds($0)) }
                == [1, 1, 2, 4, 100, 120].map { .seconds($0) })
        #expect(PollSchedule.count(within: .seconds(1)) == 1)
        #expect(PollSchedule.count(within: .seconds(600)) == 12)
    }

    /// Asked when it should be over, never later than by its age alone, and ever less often when it
    /// stands still.
    @Test(
        arguments: [
            (100.0, nil, 100.0), (100, 0, 100), (100, 0.1, 100), (100, 0.8, 26.25), (100, 1, 25),
            (2, 0.9, 1), (1_000, 0.5, 120), (1_000, 0.99, 250), (100, 2, 25),
        ] as [(Double, Double?, Double)])
    func aJobThatTellsHowFarItIsIsAskedWhenItShouldBeOver(
        elapsed: Double, done: Double?, wait: Double
    ) {
        let found = PollSchedule.wait(elapsed: .seconds(elapsed), done: done)
        #expect(abs(found / .seconds(1) - min(wait, 120)) < 0.001)
    }
}
