/// The words that people and events are made of, as UTF-8.
///
/// Names carry what trips programs up: apostrophes (they end a SOQL string), hyphens, accents
/// and scripts beyond Latin. None needs escaping in JSON. Domains end in `.example` (RFC 2606).
enum Vocabulary {
    static let firstNames = words(
        "Ada Björn Chloé Dmitri Elif Fatima Grace Hiroshi Inès Jamal Katarzyna Łukasz María Niamh",
        "Olu Priya Quentin Rosa Siobhán Tomasz Uma Víctor Wei Ximena Yusuf Zoë 明 Anne-Marie Bo",
        "Chidi")

    static let lastNames = words(
        "Andersen Bell Costa O'Brien D'Angelo Eriksson Fischer García Hughes Ito",
        "Jovanović Kowalski Lindqvist Martin Nguyen Okafor Petrov Quispe Rossi Smith Takahashi",
        "Ueda Vogel Wójcik Xu Yılmaz Zimmermann Osei-Bonsu Šimić 李")

    static let plans = words("free basic premium enterprise")

    static let regions = words("emea amer apac latam")

    static let companies = words(
        "Northwind Bluebird Castlegate Drumlin Eastmark Fjordline Greywater Harbourside Ironbridge",
        "Juniper Kestrel Lakeland Merriweather Nightjar Oakhurst Pinecrest")

    static let industries = words("Retail Logistics Software Education Insurance")

    static let productEvents = ["Plan Viewed", "Order Completed", "Report Exported", "Seat Added"]
        .map { Array($0.utf8) }

    static let locales = words("en-GB en-US de-DE fr-FR ja-JP pl-PL")

    private static func words(_ lines: String...) -> [[UInt8]] {
        lines.flatMap { line in line.utf8.split(separator: UInt8(ascii: " ")).map(Array.init) }
    }
}
