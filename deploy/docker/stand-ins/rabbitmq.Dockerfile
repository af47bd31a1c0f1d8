# Stand-in for rabbitmq if no image can be pulled: same user, paths and variables, Debian's version.
FROM pollux/debian:bookworm
LABEL io.pollux.stand-in=true
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server && rm -rf /var/lib/apt/lists/* \
    && rm -f /var/lib/rabbitmq/.erlang.cookie && mkdir -p /etc/rabbitmq && chown -R rabbitmq:rabbitmq /var/lib/rabbitmq /etc/rabbitmq
ENV PATH=/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/lib/rabbitmq LANG=C.UTF-8 RABBITMQ_LOGS=-
COPY rabbitmq.sh /usr/local/bin/docker-entrypoint.sh
USER rabbitmq
EXPOSE 5672
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
