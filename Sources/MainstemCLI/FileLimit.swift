import Glibc

/// How many files, sockets among them, the process may have open.
enum FileLimit {
    /// What the process needs beside its clients.
    private static let reserve = 256

    /// Raises the limit as far as the process may; tells when that is too little for so many connections.
    static func raise(for connections: Int) {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(resource, &limit)
            _ = getrlimit(resource, &limit)
        }
        guard limit.rlim_cur < UInt(connections) else { return }
        Terminal.say(
            "mainstem: only \(limit.rlim_cur) files may be open, too few for \(connections) connections\n"
                + "  raise the limit (ulimit -n \(connections + reserve)), or lower 'connections' of 'limits'")
    }
}
