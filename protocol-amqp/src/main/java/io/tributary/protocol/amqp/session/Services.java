package io.tributary.protocol.amqp.session;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Authenticator;
import io.tributary.protocol.amqp.handler.BindingHandler;
import io.tributary.protocol.amqp.handler.ExchangeHandler;
import io.tributary.protocol.amqp.handler.PublishHandler;
import io.tributary.protocol.amqp.handler.QueueHandler;
import io.tributary.protocol.amqp.handler.Queues;

/** What all connections share. */
public record Services(Broker broker, Authenticator authenticator, Limits limits, ExchangeHandler exchanges, QueueHandler queueHandler,
                       Queues queues, BindingHandler bindings, PublishHandler publishing) {
}
