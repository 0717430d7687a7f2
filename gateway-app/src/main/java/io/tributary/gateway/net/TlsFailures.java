package io.tributary.gateway.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes a connection whose TLS fails, which anybody can bring about and which is no fault of the protocol behind. */
@ChannelHandler.Sharable
final class TlsFailures extends ChannelInboundHandlerAdapter {
    static final TlsFailures INSTANCE = new TlsFailures();

    private static final Logger LOG = LoggerFactory.getLogger(TlsFailures.class);

    private TlsFailures() {
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // A connection that does not even close is Netty's to log.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (root instanceof SSLException) {
            LOG.debug("{}: {}", ctx.channel(), root.toString());
            ctx.close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }
}
