import Registry
import ServiceCenterWire

extension RegistryView {
    /// Refuses the name of a source that is not declared; `rule` says where one must stand.
    func checkName(of source: SourceID, _ rule: String) throws(ServiceCenterError) {
        let names = sources.map(\.source)
        guard !names.contains(source) else { return }
        throw ServiceCenterError(
            .invalidParameters,
            "\(rule), and '\(source)' is none; there are: \(names.map(\.name).joined(separator: ", "))")
    }
}
