/// One made-up customer, as the sources know them in one wave.
///
/// All of it follows from (seed, number, wave). First name, email, user id and dates never change;
/// last name, plan, region, score and company change from wave to wave, each rarely. The email
/// keeps the person's number and the name they signed up with, so no two people share one.
struct Person {
    let number: Int
    let firstName: Int
    /// The last name at sign-up: the email keeps it when the person's name changes.
    let signUpName: Int
    let lastName: Int
    let plan: Int
    /// `nil`: the source sends `null`.
    let region: Int?
    let score: Int
    /// `nil`: the source sends `null`.
    let company: Int?
    /// Also when the company is unknown: the domain of the email.
    let domain: Int
    /// Days since 1970-01-01 UTC.
    let signUpDay: Int
    /// Milliseconds after the start of that day.
    let signUpMilliseconds: Int

    /// 2019-01-01 and 2024-12-31 as days since 1970-01-01: people signed up between these.
    private static let signUpDays = 17_897...20_088
    private static let scoreCount = 1_000
    private static let millisecondsPerDay = 86_400_000

    /// - Parameter isOutdated: the person as a source knew them before the wave that `wave` says:
    ///   every changing field has the value it had one change ago, and nothing is `null`.
    init(number: Int, seed: UInt64, wave: Int, isOutdated: Bool = false) {
        var bits = RandomBits(seed: seed, .person, number)
        let changes = Changes(number: number, seed: seed, wave: wave, isOutdated: isOutdated)
        self.number = number
        firstName = bits.number(below: Vocabulary.firstNames.count)
        signUpName = bits.number(below: Vocabulary.lastNames.count)
        lastName = changes.moved(signUpName, .lastName, count: Vocabulary.lastNames.count)
        plan = changes.moved(Self.plan(&bits), .plan, count: Vocabulary.plans.count)
        let regionAtSignUp = bits.number(below: Vocabulary.regions.count)
        score = changes.moved(bits.number(below: Self.scoreCount), .score, count: Self.scoreCount)
        domain = bits.number(below: Vocabulary.companies.count)
        signUpDay = Self.signUpDays.lowerBound + bits.number(below: Self.signUpDays.count)
        signUpMilliseconds = bits.number(below: Self.millisecondsPerDay)
        let regionIsNull = bits.chance(ProfileShares.nullField) && !isOutdated
        let companyIsNull = bits.chance(ProfileShares.nullField) && !isOutdated
        let region = changes.moved(regionAtSignUp, .region, count: Vocabulary.regions.count)
        let company = changes.moved(domain, .company, count: Vocabulary.companies.count)
        self.region = regionIsNull ? nil : region
        self.company = companyIsNull ? nil : company
    }

    /// Most customers pay little: free 50%, basic 30%, premium 15%, enterprise 5%.
    private static func plan(_ bits: inout RandomBits) -> Int {
        switch bits.number(below: 100) {
        case 0..<50: 0
        case 50..<80: 1
        case 80..<95: 2
        default: 3
        }
    }
}

/// How often each of a person's changing fields has changed by a wave.
private struct Changes {
    let number: Int
    let seed: UInt64
    let wave: Int
    let isOutdated: Bool

    /// A changed field takes the next value of its vocabulary: a change is always visible.
    func moved(_ index: Int, _ field: RandomBits.Purpose, count: Int) -> Int {
        var changes = isOutdated ? count - 1 : 0
        for laterWave in 1..<wave {
            var bits = RandomBits(seed: seed, field, number, laterWave)
            if bits.chance(ProfileShares.changedFieldPerWave) { changes += 1 }
        }
        return (index + changes) % count
    }
}
