import Foundation

extension Secret {
    /// The secret itself. Not empty; white space at the ends of a file is no part of it.
    ///
    /// - Throws: ``ConfigurationError`` with the key's place when the variable is not set, the file
    ///   or credential cannot be read, or nothing is in it.
    package func reveal() throws(ConfigurationError) -> String {
        switch source {
        case .literal(let value): return value
        case .variable(let name, let value):
            guard let value, !value.isEmpty else {
                throw problem("the environment variable \"\(name)\" is not set; export it")
            }
            return value
        case .file(let path): return try text(of: path)
        case .credential(let name, let folder):
            guard let folder else {
                throw problem(
                    "no credential \"\(name)\": CREDENTIALS_DIRECTORY is not set, so systemd "
                        + "started this process without LoadCredential; write env:NAME or "
                        + "file:PATH to use another place")
            }
            return try text(of: folder + "/" + name)
        }
    }

    /// The file behind it, if there is one.
    package var path: String? {
        switch source {
        case .file(let path): path
        case .credential(let name, let folder): folder.map { $0 + "/" + name }
        case .literal, .variable: nil
        }
    }

    /// The value, where knowing it needs no file.
    var valueAtHand: String? {
        switch source {
        case .literal(let value): value
        case .variable(_, let value): value
        case .file, .credential: nil
        }
    }

    /// A problem of this secret, at its place.
    func problem(_ message: String) -> ConfigurationError {
        var list = ProblemList()
        list.add(owner.place, "\(owner.key): \(message)")
        return ConfigurationError(problems: list.problems(in: owner.file))
    }

    private func text(of path: String) throws(ConfigurationError) -> String {
        let bytes: Data
        do throws(FileTextError) {
            bytes = try FileText.bytes(at: path, bytesMax: Configuration.secretBytesMax)
        } catch {
            throw problem(error.message)
        }
        // Editors end files with a newline that is no part of the secret.
        guard let value = String(data: bytes, encoding: .utf8)?.trimmingSpaces, !value.isEmpty
        else { throw problem("the file \(path) holds no text") }
        return value
    }
}

/// Secrets of a whole configuration, fetched together.
extension Configuration {
    /// The write keys by their sources' names.
    ///
    /// - Throws: ``ConfigurationError`` with everything that is wrong with them: missing ones, and
    ///   sources that share one.
    package func writeKeys() throws(ConfigurationError) -> [(source: String, key: String)] {
        var keys: [(source: String, key: String)] = []
        var problems: [ConfigurationProblem] = []
        for source in ingest.sources {
            do throws(ConfigurationError) {
                let key = try source.writeKey.reveal()
                if let other = keys.first(where: { $0.key == key }) {
                    problems +=
                        source.writeKey.problem(
                            SourceConfiguration.sharedKeyMessage(other.source, source.name)
                        ).problems
                }
                keys.append((source.name, key))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return keys
    }

    /// The key that stored grants are sealed with: 32 bytes.
    ///
    /// - Throws: ``ConfigurationError`` when it is missing, is no key, lies in the data folder, or
    ///   in a file that others may read.
    package func grantKey() throws(ConfigurationError) -> [UInt8] {
        let secret = salesforce.auth.grantKey
        if let path = secret.path { try secret.checkPlace(of: path, outside: data) }
        let text = try secret.reveal()
        guard let key = Data(base64Encoded: text), key.count == Self.grantKeyByteCount else {
            throw secret.problem(
                "not a key: \(Self.grantKeyByteCount) random bytes in Base64 are needed; "
                    + "`openssl rand -base64 32` makes them")
        }
        return Array(key)
    }

    /// Bytes of a grant key.
    package static let grantKeyByteCount = 32

    /// What is wrong with secrets that commands will need: one problem each.
    package var secretProblems: [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        do throws(ConfigurationError) { _ = try writeKeys() } catch { problems += error.problems }
        let auth = salesforce.auth
        for secret in [auth.clientID, auth.clientSecret, auth.privateKey].compactMap({ $0 }) {
            do throws(ConfigurationError) {
                _ = try secret.reveal()
            } catch {
                problems += error.problems
            }
        }
        guard auth.flow == .web else { return problems }
        do throws(ConfigurationError) { _ = try grantKey() } catch { problems += error.problems }
        return problems
    }
}

extension Secret {
    /// A key beside what it locks protects nothing: copies of the folder would carry both.
    fileprivate func checkPlace(
        of path: String, outside folder: String
    ) throws(ConfigurationError) {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let forbidden = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        guard !(real + "/").hasPrefix(forbidden + "/") else {
            throw problem("the key lies in the data folder, beside what it locks; move it away")
        }
        // What systemd hands over has the modes that systemd gave it.
        guard case .file = source else { return }
        // Without attributes the mode is not checked: a file that is not there, or cannot be looked
        // at, is reported by whoever reads it.
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)
        guard let mode = attributes?[.posixPermissions] as? Int else { return }
        guard mode & 0o077 == 0 else {
            throw problem(
                "the file \(path) has mode \(String(mode & 0o777, radix: 8)): others may read the "
                    + "key; `chmod 600` it")
        }
    }
}
