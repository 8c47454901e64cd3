import Federation
import Registry
import ServiceCenterWire

extension Explanation {
    /// What one source says of an instance, and what became of that.
    struct Word {
        private let source: SourceID
        private let instance: Instance
        /// What keeps it out of sight; empty when it is seen.
        private let hiddenBy: String
        private let doubt: Doubt
        /// When its lease ends, where its source keeps that itself.
        private let leaseEnd: UnixTime?

        init(_ instance: Instance, at source: SourceID, hiddenBy: String, _ doubt: Doubt, _ services: Services) {
            (self.source, self.instance) = (source, instance)
            self.hiddenBy = hiddenBy
            self.doubt = doubt
            leaseEnd = services.federation.leaseEnd(of: instance.ref, at: source)
        }

        func write(to writer: inout JSONWriter, namingTenant: Bool = false) {
            writer.beginObject()
            writer.member("source", source.name)
            writer.member("hiddenBy", ifPresent: hiddenBy)
            if namingTenant { writer.member("tenant", "\(instance.ref.service.tenant)") }
            writer.member("serviceId", instance.ref.service.id.text)
            writer.member("revision", instance.upstreamRevision)
            writer.member("origin", ifPresent: instance.origin)
            writer.member("leaseSeconds", Int64(instance.leaseSeconds))
            if let leaseEnd {
                writer.key("expiresAt")
                writer.decimal(leaseEnd.seconds)
            }
            if doubt.isHeld {
                writer.key("withdrawalHeld")
                writer.beginObject()
                if let until = doubt.heldUntil {
                    writer.key("until")
                    writer.decimal(until.seconds)
                }
                writer.endObject()
            }
            if doubt.isDamped {
                writer.key("damped")
                writer.bool(true)
            }
            writer.key("body")
            writer.raw(instance.body)
            writer.endObject()
        }
    }
}
