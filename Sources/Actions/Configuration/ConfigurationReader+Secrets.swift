import Foundation

extension ConfigurationReader {
    /// A secret: `env:NAME`, `file:PATH` (relative to the configuration), or the secret itself.
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
        if text.hasPrefix("env:") { return fromEnvironment(text, node, name) ?? refused }
        if text.hasPrefix("file:") { return fromFile(text, node, name) ?? refused }
        if let literalRefusal, node.place.variable == nil {
            problems.add(node, "\(name) is written out; \(literalRefusal)")
            return refused
        }
        return Secret(value: text)
    }

    private mutating func fromEnvironment(
        _ text: String, _ node: ConfigurationNode, _ name: String
    ) -> Secret? {
        let variable = String(text.dropFirst("env:".count))
        guard let value = environment[variable], !value.isEmpty else {
            problems.add(
                node, "\(name): the environment variable \"\(variable)\" is not set; export it")
            return nil
        }
        return Secret(value: value, origin: text)
    }

    private mutating func fromFile(
        _ text: String, _ node: ConfigurationNode, _ name: String
    ) -> Secret? {
        let path = absolutePath(String(text.dropFirst("file:".count)))
        let bytes: Data
        do throws(FileTextError) {
            bytes = try FileText.bytes(at: path, bytesMax: Configuration.secretBytesMax)
        } catch {
            problems.add(node, "\(name): \(error.message)")
            return nil
        }
        // Editors end files with a newline that is no part of the secret.
        guard let value = String(data: bytes, encoding: .utf8)?.trimmingSpaces, !value.isEmpty
        else {
            problems.add(node, "\(name): the file \(path) holds no text")
            return nil
        }
        return Secret(value: value, origin: text)
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
