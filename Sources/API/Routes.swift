import NIOHTTP1

/// The table of contents of the API: every route, one a line. `docs/api.md` has the same list with its meaning.
package enum Routes {
    package static let all: [Route] = [
        // Discovery
        Route(.GET, "/v4/:project/registry/instances", "FindInstances", .read(Instances.find)),
        Route(.GET, "/v4/:project/registry/microservices", "GetServices", .read(Microservices.list)),
        Route(.GET, "/v4/:project/registry/microservices/:serviceId", "GetServiceOne", .read(Microservices.one)),
        Route(.GET, "/v4/:project/registry/microservices/:serviceId/instances", "GetInstances", .read(Instances.list)),
        Route(
            .GET, "/v4/:project/registry/microservices/:serviceId/instances/:instanceId", "GetOneInstance",
            .read(Instances.one)),
        Route(.GET, "/v4/:project/registry/existence", "GetExistence", .read(Existence.ask)),
        Route(.GET, "/v4/:project/registry/microservices/:serviceId/watcher", "Watch", .watch(Watching.consumer)),
        Route(.GET, "/v4/:project/registry/microservices/:serviceId/listwatcher", "ListWatch", .read(ListWatch.refuse)),
        Route(.POST, "/v4/:project/registry/instances/action", "BatchFindInstances", .read(BatchFind.ask)),

        // Governance
        Route(.GET, "/v4/:project/registry/microservices/:serviceId/tags", "GetTags", .read(Attachments.tags)),
        Route(.GET, "/v4/:project/registry/microservices/:serviceId/rules", "GetRules", .read(Attachments.rules)),
        Route(
            .GET, "/v4/:project/registry/microservices/:serviceId/providers", "GetConProDependencies",
            .read(Dependencies.providers)),
        Route(
            .GET, "/v4/:project/registry/microservices/:serviceId/consumers", "GetProConDependencies",
            .read(Dependencies.consumers)),
        Route(.GET, "/v4/:project/registry/microservices/:serviceId/schemas", "GetAllSchemas", .remote(Schemas.list)),
        Route(
            .GET, "/v4/:project/registry/microservices/:serviceId/schemas/:schemaId", "GetSchemas",
            .remote(Schemas.one)),
        Route(.GET, "/v4/:project/govern/microservices", "GetAllServicesInfo", Governance.list),
        Route(.GET, "/v4/:project/govern/microservices/:serviceId", "GetServiceDetail", Governance.one),
        Route(.GET, "/v4/:project/govern/relations", "GetGraph", .read(Governance.relations)),
        Route(.GET, "/v4/:project/govern/apps", "GetAllApplications", .read(Governance.applications)),
        Route(.GET, "/v4/:project/govern/statistics", "GetStatistics", .read(Governance.statistics)),

        // Registration, at the home
        Route(.POST, "/v4/:project/registry/microservices", "Register", Writes.registerMicroservice),
        Route(.DELETE, "/v4/:project/registry/microservices/:serviceId", "Unregister", Writes.unregister),
        Route(
            .DELETE, "/v4/:project/registry/microservices", "UnregisterServices",
            .remote(BatchUnregistration.perform)),
        Route(
            .PUT, "/v4/:project/registry/microservices/:serviceId/properties", "Update",
            Writes.changeProperties),
        Route(
            .POST, "/v4/:project/registry/microservices/:serviceId/instances", "RegisterInstance",
            Writes.registerInstance),
        Route(
            .DELETE, "/v4/:project/registry/microservices/:serviceId/instances/:instanceId", "UnregisterInstance",
            Writes.unregisterInstance),
        Route(
            .PUT, "/v4/:project/registry/microservices/:serviceId/instances/:instanceId/heartbeat", "Heartbeat",
            Writes.heartbeat),
        Route(
            .GET, "/v4/:project/registry/microservices/:serviceId/instances/:instanceId/heartbeat", "WatchHeartbeat",
            .watch(Watching.heartbeat)),
        Route(
            .PUT, "/v4/:project/registry/microservices/:serviceId/instances/:instanceId/status", "UpdateStatus",
            Writes.changeStatus),
        Route(
            .PUT, "/v4/:project/registry/microservices/:serviceId/instances/:instanceId/properties",
            "UpdateMetadata", Writes.changeInstanceProperties),
        Route(.PUT, "/v4/:project/registry/instances/status", "UpdateManyInstanceStatus", Writes.changeStatuses),
        Route(.PUT, "/v4/:project/registry/heartbeats", "HeartbeatSet", Writes.heartbeats),
        Route(
            .PUT, "/v4/:project/registry/microservices/:serviceId/schemas/:schemaId", "ModifySchema",
            Writes.putSchema),
        Route(
            .POST, "/v4/:project/registry/microservices/:serviceId/schemas", "ModifySchemas",
            Writes.putSchemas),
        Route(
            .DELETE, "/v4/:project/registry/microservices/:serviceId/schemas/:schemaId", "DeleteSchema",
            Writes.deleteSchema),
        Route(.POST, "/v4/:project/registry/microservices/:serviceId/tags", "AddTags", Writes.addTags),
        Route(
            .PUT, "/v4/:project/registry/microservices/:serviceId/tags/:key", "UpdateTag", Writes.updateTag),
        Route(
            .DELETE, "/v4/:project/registry/microservices/:serviceId/tags/:key", "DeleteTags",
            Writes.deleteTags),
        Route(.POST, "/v4/:project/registry/microservices/:serviceId/rules", "AddRule", Writes.addRules),
        Route(
            .PUT, "/v4/:project/registry/microservices/:serviceId/rules/:ruleId", "UpdateRule",
            Writes.updateRule),
        Route(
            .DELETE, "/v4/:project/registry/microservices/:serviceId/rules/:ruleId", "DeleteRule",
            Writes.deleteRules),
        Route(
            .PUT, "/v4/:project/registry/dependencies", "CreateDependenciesForMicroServices",
            Writes.replaceDependencies),
        Route(
            .POST, "/v4/:project/registry/dependencies", "AddDependenciesForMicroServices",
            Writes.addDependencies),

        // The home's own affairs
        Route(.POST, "/v4/token", "Login", .remote(Accounts.relay)),
        Route(.GET, "/v4/accounts", "ListAccount", .remote(Accounts.relay)),
        Route(.POST, "/v4/accounts", "CreateAccount", .remote(Accounts.relay)),
        Route(.GET, "/v4/accounts/:name", "GetAccount", .remote(Accounts.relay)),
        Route(.PUT, "/v4/accounts/:name", "UpdateAccount", .remote(Accounts.relay)),
        Route(.DELETE, "/v4/accounts/:name", "DeleteAccount", .remote(Accounts.relay)),
        Route(.POST, "/v4/accounts/:name/password", "ChangePassword", .remote(Accounts.relay)),
        Route(.GET, "/v4/account", "ListAccountV1", .remote(Accounts.relay)),
        Route(.POST, "/v4/account", "CreateAccountV1", .remote(Accounts.relay)),
        Route(.GET, "/v4/account/:name", "GetAccountV1", .remote(Accounts.relay)),
        Route(.DELETE, "/v4/account/:name", "DeleteAccountV1", .remote(Accounts.relay)),
        Route(.POST, "/v4/account/:name/password", "ChangePasswordV1", .remote(Accounts.relay)),
        Route(.GET, "/v4/account-locks", "ListLock", .remote(Accounts.relay)),
        Route(.GET, "/v4/roles", "ListRoles", .remote(Accounts.relay)),
        Route(.POST, "/v4/roles", "CreateRole", .remote(Accounts.relay)),
        Route(.GET, "/v4/roles/:roleName", "GetRole", .remote(Accounts.relay)),
        Route(.PUT, "/v4/roles/:roleName", "UpdateRole", .remote(Accounts.relay)),
        Route(.DELETE, "/v4/roles/:roleName", "DeleteRole", .remote(Accounts.relay)),

        // About the registry itself
        Route(.GET, "/v4/:project/registry/health", "ClusterHealth", .read(Health.registry)),
        Route(.GET, "/v4/:project/registry/health/readiness", "Readiness", .read(Health.ready)),
        Route(.GET, "/v4/:project/registry/version", "GetVersion", .read(Version.v4)),
        Route(.GET, "/health", "Health", .read(Health.registry)),
        Route(.GET, "/version", "Version", .read(Version.v3)),
        Route(.GET, "/v4/:project/admin/dump", "Dump", .read(Admin.dump)),
        Route(.GET, "/v4/:project/admin/clusters", "Clusters", .read(Admin.clusters)),
        Route(.GET, "/v4/:project/admin/alarms", "AlarmList", .read(Admin.alarms)),
        Route(.DELETE, "/v4/:project/admin/alarms", "ClearAlarm", .read(Admin.clearAlarms)),

        // Our own
        Route(.GET, "/mainstem/v1/sources", "Sources", .read(Sources.list)),
        Route(.GET, "/mainstem/v1/journal", "Journal", .remote(JournalPage.list)),
        Route(.GET, "/mainstem/v1/quarantine", "Quarantine", .read(Quarantine.list)),
        Route(.POST, "/mainstem/v1/quarantine/:source", "HoldSource", .read(Quarantine.hold)),
        Route(.DELETE, "/mainstem/v1/quarantine/:source", "ReleaseSource", .read(Quarantine.release)),
        Route(.GET, "/mainstem/v1/conflicts", "Conflicts", .remote(ConflictList.list)),
        Route(.GET, "/mainstem/v1/explain", "Explain", .remote(Explain.ask)),
        Route(.GET, "/mainstem/v1/diff", "Diff", .remote(DifferenceList.list)),
        Route(.POST, "/mainstem/v1/plan", "Plan", .remote(Plan.make)),
        Route(.POST, "/mainstem/v1/reload", "Reload", .remote(Reload.perform)),
        Route(.GET, "/mainstem/v1/watch", "WatchAll", .watch(Watching.scope)),
        Route(.GET, "/livez", "Livez", .read(Health.live)),
        Route(.GET, "/readyz", "Readyz", .read(Health.ready)),
        Route(.GET, "/metrics", "Metrics", MetricsPage.show),
    ]

    /// The forms of version 3, which old clients use: every route under `registry`, of the project `default`, and those
    /// of `govern` that it had.
    package static let versionThree: [Route] =
        registryThree + [
            Route(.GET, "/registry/v3/govern/services", "GetAllServicesInfo", Governance.list),
            Route(.GET, "/registry/v3/govern/service/:serviceId", "GetServiceDetail", Governance.one),
            Route(.GET, "/registry/v3/govern/relation", "GetGraph", .read(Governance.relations)),
        ]

    private static let registryThree: [Route] = all.compactMap { route in
        let prefix = "/v4/:project/registry/"
        guard route.path.hasPrefix(prefix) else { return nil }
        return Route(
            route.method, "/registry/v3/" + route.path.dropFirst(prefix.count), route.name, route.handler)
    }
}
