extension Configuration {
    /// The text that `tidemark init` writes: a working configuration once the environment variables
    /// it names are set and the org's My Domain is filled in. Every comment is for the reader of
    /// that file.
    ///
    /// - Parameter presets: the actions; without any, one that is written out.
    package static func template(presets: [Preset] = []) -> String {
        templateHead
            + (presets.isEmpty ? templateAction : presets.map(\.template).joined(separator: "\n"))
    }

    private static let templateHead = """
        # Tidemark: which events change which Salesforce records, and how.
        # Every key is explained in docs/configuration.md. Check with: tidemark check

        data: ./tidemark-data          # the log of all events, and what is derived from it

        ingest:
          listen: 127.0.0.1:8080       # only this machine; put TLS in front before opening it
          sources:
            - name: website
              writeKey: env:WEBSITE_WRITE_KEY

        salesforce:
          name: acme-sandbox           # your name for the org
          sandbox: true
          # Your org's My Domain; the client-credentials flow is served nowhere else.
          # loginUrl: https://acme--dev.sandbox.my.salesforce.com
          auth:
            flow: client-credentials
            clientId: env:SF_CLIENT_ID
            clientSecret: env:SF_CLIENT_SECRET
          budget:
            share: 0.8                 # of the org's API calls in 24 hours

        actions:

        """

    private static let templateAction = """
          - name: Profiles to contacts
            object: Contact
            # Which events: identify calls that carry a last name, which Salesforce demands.
            trigger: type = "identify" and traits.last_name != null
            operation: upsert          # create | upsert | update | delete
            # How the record is found: by any of these (matchersOperator: and takes all).
            matchers:
              Email: $.traits.email
            # What is written; an event without a value leaves the field alone.
            fields:
              LastName: $.traits.last_name
              FirstName: $.traits.first_name
              Phone: { value: $.traits.phone, write: if-empty }

        """
}
