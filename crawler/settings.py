"""Scrapy's settings for the whole monitor."""

BOT_NAME = "dealwatch"
SPIDER_MODULES = ["crawler.spiders"]
