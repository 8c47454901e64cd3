/// Which instance of which microservice, whatever IDs sources give to that one.
package struct InstancePlace: Hashable, Sendable {
    package let microservice: MicroserviceKey
    package let instance: InstanceID

    package init(microservice: MicroserviceKey, instance: InstanceID) {
        self.microservice = microservice
        self.instance = instance
    }
}
