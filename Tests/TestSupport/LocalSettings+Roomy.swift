package import Discovery

extension LocalSettings {
    /// For bodies that are larger than service-center takes them: they fill sockets with few requests.
    package static var roomy: LocalSettings {
        var settings = LocalSettings()
        (settings.instanceBytes, settings.propertiesBytes) = (2 << 20, 2 << 20)
        return settings
    }
}
