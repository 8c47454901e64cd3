import Glibc

/// How many files, sockets among them, the process may have open.
enum FileLimit {
    /// What the process needs beside its clients: for sources, watches of upstreams and files. A small process has to
    /// share.
    private static func reserve(of files: Int) -> Int { min(256, files / 2) }

    /// Raises the limit as far as the process may; gives how many of so many connections of clients there is room for.
    /// Clients that took every file would keep us from reading the sources.
    static func room(for connections: Int) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return connections }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(resource, &limit)
            _ = getrlimit(resource, &limit)
        }
        guard limit.rlim_cur < UInt(Int32.max) else { return connections }
        let files = Int(limit.rlim_cur)
        let room = min(connections, files - reserve(of: files))
        if files < connections {
            Terminal.say(
                "mainstem: only \(files) files may be open: \(room) connections are taken, and not \(connections)\n"
                    + "  raise the limit (ulimit -n \(connections + 256)), or lower 'connections' of 'limits'")
        }
        return room
    }
}
