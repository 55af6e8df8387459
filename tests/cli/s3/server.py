"""A server that speaks as S3 does, for as long as standard input is open; its first line is its address.

With `keys` it takes one user's requests alone, whose key and secret are the second line."""

import json
import logging
import sys
import urllib.request

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
address = f"http://{host}:{port}"
print(address, flush=True)

if "keys" in sys.argv:
    access = {
        "endpoint_url": address,
        "region_name": "us-east-1",
        "aws_access_key_id": "setup",
        "aws_secret_access_key": "setup",
    }
    boto3.client("s3", **access).create_bucket(Bucket="kept")
    iam = boto3.client("iam", **access)
    iam.create_user(UserName="reader")
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_user_policy(UserName="reader", PolicyName="all", PolicyDocument=policy)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    # From the next request on.
    text = {"Content-Type": "text/plain"}
    urllib.request.urlopen(urllib.request.Request(f"{address}/moto-api/reset-auth", data=b"0", headers=text))
    print(key["AccessKeyId"], key["SecretAccessKey"], flush=True)

sys.stdin.read()
