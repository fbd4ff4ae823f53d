/// A configuration for tests: loopback, free ports, the emulator's credentials.
struct ConfigurationText: Sendable {
    var login: String
    var clientSecret = "demo-secret"
    var fence = "300ms"
    /// Lines beneath `auth:`, indented by four spaces, in the place of client id and secret.
    var auth: String?
    /// Lines beneath `ingest:`, indented by two spaces.
    var ingest = ""
    /// Lines beneath `salesforce:`, indented by two spaces.
    var salesforce = ""
    var actions = ActionText.profiles()

    init(_ login: String) { self.login = login }

    private var clientCredentials: String {
        """
            flow: client-credentials
            clientId: demo-client
            clientSecret: \(clientSecret)
        """
    }

    var yaml: String {
        """
        data: ./data
        ingest:
          listen: 127.0.0.1:0
          sources:
            - name: website
              writeKey: website-key
        \(ingest)
        salesforce:
          name: test
          loginUrl: \(login)
          inDoubtFence: \(fence)
          auth:
        \(auth ?? clientCredentials)
        \(salesforce)
        actions:
        \(actions)
        """
    }
}

/// Actions as the configuration has them.
enum ActionText {
    static func profiles(
        matchers: String = "{ Email: $.traits.email }", operation: String = "upsert",
        trigger: String = #"type = "identify""#, object: String = "Contact",
        fields: [String: String] = standardFields
    ) -> String {
        let mapped = fields.sorted { $0.key < $1.key }
            .map { "      \($0.key): \($0.value)" }.joined(separator: "\n")
        let body = """
              - name: Profiles by \(operation)
                object: \(object)
                trigger: \(trigger)
                operation: \(operation)
                matchers: \(matchers)
                matchersOperator: or

            """
        return body + (fields.isEmpty ? "" : "    fields:\n" + mapped)
    }

    static let standardFields = [
        "LastName": "$.traits.last_name", "FirstName": "$.traits.first_name",
        "Plan__c": "$.traits.plan", "Score__c": "$.traits.score",
    ]
}
