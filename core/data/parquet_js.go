package data

import "errors"

func parquetSet(*Files, string, Options) (*Dataset, error) {
	return nil, errors.New("is a parquet file, which only the command reads: pushpull train -data FILE")
}
