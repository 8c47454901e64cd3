import GRDB
import Registry

/// The table of what is held of a source: one row an instance, all with the same `since`.
extension Database {
    func createHeld() throws {
        try execute(
            sql: """
                CREATE TABLE held (
                    domain TEXT NOT NULL, project TEXT NOT NULL, service TEXT NOT NULL, instance TEXT NOT NULL,
                    since INTEGER NOT NULL, until INTEGER NOT NULL,
                    PRIMARY KEY (domain, project, service, instance)) WITHOUT ROWID
                """)
    }

    /// Has this alone from now on.
    func keep(_ hold: KeptHold?) throws {
        try execute(sql: "DELETE FROM held")
        guard let hold else { return }
        let put = try cachedStatement(sql: "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?)")
        for (instance, end) in hold.ends {
            let service = instance.service
            try put.execute(arguments: [
                service.tenant.domain, service.tenant.project, service.id.text, instance.id.text,
                hold.since.nanoseconds, end.nanoseconds,
            ])
        }
    }

    /// What it has; nil when there is nothing.
    func keptHold() throws -> KeptHold? {
        var since: UnixTime?
        var ends: [InstanceRef: UnixTime] = [:]
        let rows = try Row.fetchCursor(self, sql: "SELECT * FROM held")
        while let row = try rows.next() {
            let service = ServiceRef(tenant: Tenant(domain: row[0], project: row[1]), id: ServiceID(row[2] as String))
            since = UnixTime(nanoseconds: row[4])
            ends[InstanceRef(service: service, id: InstanceID(row[3] as String))] = UnixTime(nanoseconds: row[5])
        }
        return since.map { KeptHold(since: $0, ends: ends) }
    }
}
