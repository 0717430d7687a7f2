package io.tributary.gateway.acceptance.client;

/** The ways into and out of a topic that carry metadata: the four protocols, HTTP in each of its forms. */
public final class Tongue {
    private Tongue() {
    }

    /** How a topic is written. */
    public enum Writing {
        KAFKA, AMQP, MQTT, HTTP, HTTP_JSON;

        public MessageWriter open(Endpoints at, String topic) throws Exception {
            return switch (this) {
                case KAFKA -> KafkaClients.writer(at, topic);
                case AMQP -> AmqpClients.writer(at, topic);
                case MQTT -> MqttClients.writer5(at, topic);
                case HTTP -> HttpClients.writer(at, topic);
                case HTTP_JSON -> HttpClients.jsonWriter(at, topic);
            };
        }
    }

    /** How a topic is read. */
    public enum Reading {
        KAFKA, AMQP, MQTT, HTTP_PULL, HTTP_BROWSE, HTTP_EVENTS;

        public MessageReader open(Endpoints at, String topic) throws Exception {
            return switch (this) {
                case KAFKA -> KafkaClients.reader(at, topic);
                case AMQP -> AmqpClients.reader(at, topic);
                case MQTT -> MqttClients.reader5(at, topic);
                case HTTP_PULL -> HttpClients.pullReader(at, topic);
                case HTTP_BROWSE -> HttpClients.browseReader(at, topic);
                case HTTP_EVENTS -> HttpClients.eventReader(at, topic);
            };
        }
    }
}
