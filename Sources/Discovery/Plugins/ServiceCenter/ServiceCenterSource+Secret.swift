extension ServiceCenterSource {
    package nonisolated var secretFault: String? { client.upstream.secretFault }
}
