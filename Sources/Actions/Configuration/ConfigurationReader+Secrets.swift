import Foundation

extension ConfigurationReader {
    /// A secret: `env:NAME`, `file:PATH` (relative to the configuration), `credential:NAME` (what
    /// systemd hands over), or the secret itself. Only its place is read here; whether the value is
    /// there shows when it is needed.
    ///
    /// - Parameter literalRefusal: why the secret itself may not stand in the file; `nil` when it
    ///   may. One that comes from an environment variable does not stand in a file.
    mutating func secret(
        _ node: ConfigurationNode?, _ name: String, in parent: SourcePlace,
        literalRefusal: String? = nil
    ) -> Secret {
        let refused = Secret(value: "")
        guard let node else {
            problems.add(parent, "\(name) is missing; write env:NAME or file:PATH")
            return refused
        }
        guard let text = text(node, name) else { return refused }
        let owner = Secret.Owner(file: file, key: name, place: node.place)
        if let source = secretSource(text) { return Secret(source, origin: text, owner: owner) }
        if let literalRefusal, node.place.variable == nil {
            problems.add(node, "\(name) is written out; \(literalRefusal)")
            return refused
        }
        return Secret(.literal(text), origin: "literal", owner: owner)
    }

    /// - Returns: `nil` for a secret that is written out.
    private func secretSource(_ text: String) -> Secret.Source? {
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst("env:".count))
            return .variable(name: name, value: environment[name])
        }
        if text.hasPrefix("file:") {
            return .file(absolutePath(String(text.dropFirst("file:".count))))
        }
        if text.hasPrefix("credential:") {
            return credential(String(text.dropFirst("credential:".count)))
        }
        return nil
    }

    private func credential(_ name: String) -> Secret.Source {
        let folder = environment["CREDENTIALS_DIRECTORY"]
        return .credential(name: name, folder: folder.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// The key of stored grants, which systemd hands over when nothing else is said.
    mutating func grantKey(
        _ node: ConfigurationNode?, in parent: SourcePlace, literalRefusal: String?
    ) -> Secret {
        let name = "salesforce.auth.grantKey"
        guard node == nil else {
            return secret(node, name, in: parent, literalRefusal: literalRefusal)
        }
        let credentialName = SalesforceAuthorization.grantKeyCredential
        return Secret(
            credential(credentialName), origin: "credential:\(credentialName)",
            owner: Secret.Owner(file: file, key: name, place: parent))
    }

    /// A path of the configuration: absolute as it is, otherwise beneath the file's folder.
    func absolutePath(_ path: String) -> String {
        URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
            .standardizedFileURL.path
    }
}

/// Why a file could not be read, as a message with its remedy.
struct FileTextError: Error {
    let message: String
}

/// Reads small files whole.
enum FileText {
    static func bytes(at path: String, bytesMax: Int) throws(FileTextError) -> Data {
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer {
                // A descriptor that was only read from has nothing to lose on closing.
                try? file.close()
            }
            data = try file.read(upToCount: bytesMax + 1) ?? Data()
        } catch {
            let code = (error as NSError).code
            let reason =
                code == NSFileReadNoSuchFileError || code == NSFileNoSuchFileError
                ? "does not exist" : "cannot be read (is it a file, and readable by this user?)"
            throw FileTextError(message: "the file \(path) \(reason)")
        }
        guard data.count <= bytesMax else {
            throw FileTextError(message: "the file \(path) is larger than \(bytesMax) bytes")
        }
        return data
    }
}
