"""Scrapy's settings for the whole monitor. What differs a source (delay, concurrency, deadline) is in its file."""

import os

from dealwatch.watchlist.settings import DEFAULT_DB, DEFAULT_WATCHLIST

BOT_NAME = "dealwatch"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

DEALWATCH_DB = os.environ.get("DEALWATCH_DB", str(DEFAULT_DB))
DEALWATCH_WATCHLIST = os.environ.get("DEALWATCH_WATCHLIST", str(DEFAULT_WATCHLIST))

# A page's life, in the order of its steps.
ITEM_PIPELINES = {
    "pipelines.clean.CleanPipeline": 100,
    "pipelines.flag.FlagPipeline": 200,
    "pipelines.fold.FoldPipeline": 300,
    "pipelines.store.StorePipeline": 400,
}
# Each response brings one page; Scrapy starts this many tasks a response. Responses run side by side anyway.
CONCURRENT_ITEMS = 1
# Bytes of answers being worked on before no more are fetched: keeps the cleaning processes fed, no more.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 12_000_000

# Nothing listens, nothing leaks.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"

# Bounds on what an answer may cost.
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 8
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 0  # discovery takes no link that long; a request that is dropped here would be waited for
TWISTED_DNS_RESOLVER = "crawler.guards.GuardedResolver"
DNS_TIMEOUT = 15
REACTOR_THREADPOOL_MAXSIZE = 20  # names resolve here, and an outlet that is down holds a thread for its whole wait
DOWNLOAD_HANDLERS = {
    "http": "crawler.downloads.EndableHandler",
    "https": "crawler.downloads.EndableHandler",
    "ftp": None,
    "s3": None,
    "file": None,
    "data": None,
}

# Politeness. The spider hands each source's requests out few at a time; the archive's frontier does the retrying.
ROBOTSTXT_OBEY = True
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
CONCURRENT_REQUESTS = 32
# How many connections are kept open to one host or proxy; how many requests a host gets is its source's affair.
CONCURRENT_REQUESTS_PER_DOMAIN = 32
RETRY_ENABLED = False
EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": None, "crawler.politeness.Politeness": 0}

# The guard comes before robots.txt is asked for.
DOWNLOADER_MIDDLEWARES = {
    "crawler.guards.AddressGuard": 10,
    "crawler.politeness.HostSlots": 20,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
}
SPIDER_MIDDLEWARES = {"scrapy.spidermiddlewares.depth.DepthMiddleware": None}
HTTPERROR_ALLOW_ALL = True  # the spider itself decides what a 403 or 404 means
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en,zh;q=0.9,*;q=0.5",
}

LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 0
