@preconcurrency import Glibc

/// The descriptors 0 to 2 as the caller gave them: perhaps closed, perhaps on a disk that is full.
enum StandardStreams {
    /// Takes the closed ones before anything else is opened: the log's own file could otherwise
    /// become standard output, and what is printed be written into it.
    ///
    /// Reading from a closed standard input goes on failing, and so does writing to a closed
    /// standard output. What goes to a closed standard error goes nowhere: nobody could be told.
    static func occupyClosed() {
        for (descriptor, mode) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_WRONLY)]
        where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free descriptor is given: this one, as those below it are taken.
            _ = open("/dev/null", mode)
        }
    }

    /// Hands over what was printed so far.
    ///
    /// - Returns: `false` when the reader has had enough and gone, as `head` does: no failure.
    /// - Throws: when it is not where it was to go.
    @discardableResult
    static func flush() throws(CommandFailure) -> Bool {
        errno = 0
        guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return true }
        if errno == EPIPE {
            // Or the next call would take it for a failure whose reason is gone.
            clearerr(stdout)
            return false
        }
        // An earlier write may have failed, and its reason is gone.
        let reason = errno == 0 ? "it does not take all of it" : String(cString: strerror(errno))
        throw .failed("what was to be printed could not be written: \(reason)")
    }

    /// Writes to standard error. On a full disk it is lost, and the command's work goes on.
    static func complain(_ text: String) { fputs(text, stderr) }
}
