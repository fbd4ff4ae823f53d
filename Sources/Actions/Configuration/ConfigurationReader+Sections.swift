extension ConfigurationReader {
    mutating func ingest(_ node: ConfigurationNode?) -> IngestConfiguration {
        let keys = group(node, "ingest", keys: ConfigurationKeys.ingest)
        let listen =
            address(keys["listen"], "ingest.listen") ?? ListenAddress(host: "127.0.0.1", port: 8080)
        var names: Set<String> = []
        var writeKeys: [String: String] = [:]
        let sources = list(keys["sources"], "ingest.sources").map { item in
            let source = source(item, listen: listen)
            if !source.name.isEmpty, !names.insert(source.name).inserted {
                problems.add(item, "two sources are named \"\(source.name)\"; rename one")
            }
            // Keys in files are compared when they are read.
            let key = source.writeKey.valueAtHand ?? ""
            if !key.isEmpty, let other = writeKeys.updateValue(source.name, forKey: key) {
                problems.add(item, SourceConfiguration.sharedKeyMessage(other, source.name))
            }
            return source
        }
        return IngestConfiguration(
            listen: listen, sources: sources, limits: doorLimits(keys["limits"]),
            allowedOrigins: origins(keys["allowedOrigins"]))
    }

    private mutating func source(
        _ node: ConfigurationNode, listen: ListenAddress
    ) -> SourceConfiguration {
        let keys = group(node, "a source", keys: ConfigurationKeys.source)
        let name = requiredText(keys["name"], "a source's name", in: node.place)
        let refusal =
            listen.isLoopback
            ? nil
            : "with ingest.listen outside loopback, write env:NAME or file:PATH instead"
        let key = secret(
            keys["writeKey"], "a source's writeKey", in: node.place, literalRefusal: refusal)
        return SourceConfiguration(name: name, writeKey: key)
    }

    mutating func dashboard(_ node: ConfigurationNode?) -> DashboardConfiguration {
        let keys = group(node, "dashboard", keys: ConfigurationKeys.dashboard)
        let listen = address(keys["listen"], "dashboard.listen")
        return DashboardConfiguration(
            listen: listen ?? ListenAddress(host: "127.0.0.1", port: 8081))
    }

    mutating func salesforce(
        _ node: ConfigurationNode?, root: SourcePlace
    ) -> SalesforceConfiguration {
        if node == nil {
            problems.add(root, "salesforce is missing; it says which org to write to")
        }
        let place = node?.place ?? root
        let keys = group(node, "salesforce", keys: ConfigurationKeys.salesforce)
        destination = text(keys["name"], "salesforce.name")
        let isSandbox = flag(keys["sandbox"], "salesforce.sandbox") ?? false
        let login = loginURL(keys["loginUrl"], isSandbox: isSandbox)
        let budget = group(keys["budget"], "salesforce.budget", keys: ConfigurationKeys.budget)
        warn(ofSandbox: isSandbox, beside: login, at: keys["loginUrl"]?.place ?? place)
        let auth = authorization(keys["auth"], login: login, in: place)
        return SalesforceConfiguration(
            name: destination ?? "salesforce",
            isEnabled: flag(keys["enabled"], "salesforce.enabled") ?? true,
            sandbox: isSandbox,
            loginURL: login.description,
            isLoginLoopback: login.isLoopback,
            apiVersion: apiVersion(keys["apiVersion"]),
            auth: auth,
            budgetShare: share(budget["share"], "salesforce.budget.share")
                ?? SalesforceConfiguration.budgetShareDefault,
            inDoubtFence: duration(keys["inDoubtFence"], "salesforce.inDoubtFence")
                ?? SalesforceConfiguration.inDoubtFenceDefault,
            deletes: choice(keys["deletes"], "salesforce.deletes") ?? .allow,
            brake: brake(keys["brake"]),
            latency: duration(keys["latency"], "salesforce.latency")
                ?? SalesforceConfiguration.latencyDefault,
            objects: objects(keys["objects"]))
    }

    /// The switch says where people and tokens log in; the domain says it as well.
    private mutating func warn(
        ofSandbox isSandbox: Bool, beside login: LoginURL, at place: SourcePlace
    ) {
        guard !login.isLoopback, login != .production, login != .sandbox,
            isSandbox != login.isSandboxDomain
        else { return }
        warnings.add(
            place,
            isSandbox
                ? "salesforce.sandbox is true, and \(login) is no sandbox's domain, such as "
                    + "https://acme--dev.sandbox.my.salesforce.com"
                : "\(login) is a sandbox's domain; set salesforce.sandbox to true")
    }

    private mutating func loginURL(_ node: ConfigurationNode?, isSandbox: Bool) -> LoginURL {
        let standard = isSandbox ? LoginURL.sandbox : .production
        guard let node, let text = text(node, "salesforce.loginUrl") else { return standard }
        do throws(LoginURL.Refusal) {
            return try LoginURL(text)
        } catch {
            problems.add(node, "salesforce.loginUrl: \(error.message)")
            return standard
        }
    }

    private mutating func apiVersion(_ node: ConfigurationNode?) -> String {
        guard let node, let text = text(node, "salesforce.apiVersion") else {
            return SalesforceConfiguration.apiVersionDefault
        }
        if text.wholeMatch(of: /[1-9][0-9]{1,2}\.0/) == nil {
            problems.add(node, "salesforce.apiVersion is a version such as \"64.0\"")
        }
        return text
    }

    private mutating func brake(_ node: ConfigurationNode?) -> MassChangeBrake? {
        guard let node else { return nil }
        let keys = group(node, "salesforce.brake", keys: ConfigurationKeys.brake)
        for name in ["count", "share"] where keys[name] == nil {
            problems.add(node, "salesforce.brake needs count and share; \(name) is missing")
        }
        guard let count = count(keys["count"], "salesforce.brake.count"),
            let share = share(keys["share"], "salesforce.brake.share")
        else { return nil }
        return MassChangeBrake(count: count, share: share)
    }

    private mutating func authorization(
        _ node: ConfigurationNode?, login: LoginURL, in parent: SourcePlace
    ) -> SalesforceAuthorization {
        if node == nil { problems.add(parent, "salesforce.auth is missing") }
        let place = node?.place ?? parent
        let keys = group(node, "salesforce.auth", keys: ConfigurationKeys.auth)
        let flow =
            choice(keys["flow"], "salesforce.auth.flow", AuthorizationFlow.self)
            ?? .clientCredentials
        if flow == .clientCredentials, login == .production || login == .sandbox {
            warnings.add(
                keys["flow"]?.place ?? place,
                "Salesforce serves client-credentials on My Domain hosts only; set "
                    + "salesforce.loginUrl, such as https://acme.my.salesforce.com")
        }
        let refusal =
            login.isLoopback ? nil : "outside loopback, write env:NAME or file:PATH instead"
        rejectKeys(of: keys, notIn: flow)
        return SalesforceAuthorization(
            flow: flow,
            clientID: node == nil
                ? Secret(value: "")
                : secret(keys["clientId"], "salesforce.auth.clientId", in: place),
            clientSecret: flow == .jwt
                ? nil
                : optionalSecret(
                    keys["clientSecret"], "salesforce.auth.clientSecret", in: place,
                    isRequired: flow == .clientCredentials && node != nil, literalRefusal: refusal),
            username: flow == .jwt
                ? requiredText(keys["username"], "salesforce.auth.username", in: place) : nil,
            privateKey: flow == .jwt
                ? secret(
                    keys["privateKey"], "salesforce.auth.privateKey", in: place,
                    literalRefusal: refusal) : nil,
            grantKey: grantKey(keys["grantKey"], in: place, literalRefusal: refusal),
            callbackPort: port(keys["callbackPort"], "salesforce.auth.callbackPort"))
    }

    private mutating func port(_ node: ConfigurationNode?, _ name: String) -> Int? {
        guard let port = count(node, name), port <= Int(UInt16.max) else {
            if let node, node.scalarText.flatMap({ Int($0) }) ?? 0 > Int(UInt16.max) {
                problems.add(node, "\(name) is a port, at most \(UInt16.max)")
            }
            return nil
        }
        return port
    }

    private mutating func optionalSecret(
        _ node: ConfigurationNode?, _ name: String, in parent: SourcePlace, isRequired: Bool,
        literalRefusal: String?
    ) -> Secret? {
        guard node != nil || isRequired else { return nil }
        return secret(node, name, in: parent, literalRefusal: literalRefusal)
    }

    /// Keys that the flow does not use are a misunderstanding, and a secret lying about.
    private mutating func rejectKeys(
        of keys: [String: ConfigurationNode], notIn flow: AuthorizationFlow
    ) {
        let unused =
            switch flow {
            case .clientCredentials: ["username", "privateKey", "grantKey", "callbackPort"]
            case .web: ["username", "privateKey"]
            case .jwt: ["clientSecret", "grantKey", "callbackPort"]
            }
        for name in unused {
            guard let node = keys[name] else { continue }
            problems.add(
                node, "salesforce.auth.\(name) is not used by the flow \(flow.rawValue); remove it")
        }
    }
}
