extension Configuration {
    /// The keys in which `other` says something else, but for the actions: what a running server
    /// cannot take up. Where in the file a key stands makes no difference.
    package func keysNeedingRestart(for other: Configuration) -> [String] {
        let verdicts: [(key: String, isSame: Bool)] = [
            ("data", data == other.data),
            ("ingest.listen", ingest.listen == other.ingest.listen),
            ("ingest.sources", ingest.sources == other.ingest.sources),
            ("ingest.limits", ingest.limits == other.ingest.limits),
            ("ingest.allowedOrigins", ingest.allowedOrigins == other.ingest.allowedOrigins),
            ("dashboard", dashboard == other.dashboard),
            ("salesforce", salesforce == other.salesforce),
        ]
        return verdicts.filter { !$0.isSame }.map(\.key)
    }
}
