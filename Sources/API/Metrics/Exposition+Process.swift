import Glibc
import Registry

extension Exposition {
    /// The process itself, under the names that Prometheus' clients give.
    mutating func process(startedAt: UnixTime) {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            family("process_cpu_seconds_total", .counter, "User and system CPU time in seconds.")
            sample("process_cpu_seconds_total", [], usage.ru_utime.seconds + usage.ru_stime.seconds)
        }
        if let pages = ProcessFile.residentPages {
            family("process_resident_memory_bytes", .gauge, "Resident memory in bytes.")
            sample("process_resident_memory_bytes", [], pages * Int(getpagesize()))
        }
        if let count = ProcessFile.openDescriptors {
            family("process_open_fds", .gauge, "Open file descriptors.")
            sample("process_open_fds", [], count)
        }
        family("process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.")
        sample("process_start_time_seconds", [], startedAt.seconds)
        family("mainstem_build_info", .gauge, "The version of the process and of the dialect that it speaks.")
        sample("mainstem_build_info", [("version", Version.mainstem), ("dialect", Version.dialect)], 1)
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

/// What the kernel tells in `/proc/self`.
private enum ProcessFile {
    /// The second number of `statm`.
    static var residentPages: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) : nil
    }

    /// The entries of `fd`, but for `.`, `..` and the one that is open to read them.
    static var openDescriptors: Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return max(0, count - 3)
    }
}
