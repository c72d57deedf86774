-- The next rows of each brand, cuts first, and whether there is any cut, are found without looking at all that is due.
create index listing_skus_next_stock on listing_skus (connection_id, brand_id, (stock_desired >= stock_high), id)
  where external_sku_id is not null and stock_desired is not null and (not stock_confirmed or stock_desired is distinct from stock_low);
create index listing_skus_next_cut on listing_skus (connection_id)
  where external_sku_id is not null and stock_desired is not null and (not stock_confirmed or stock_desired is distinct from stock_low)
    and stock_desired < stock_high;
drop index listing_skus_due_stock;
